#include "tests/support/rig_certificates.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <unistd.h>

namespace whogoes::support {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

struct Identity {
    Key key{nullptr, EVP_PKEY_free};
    Certificate certificate{nullptr, X509_free};
};

void add_extension(X509* certificate, X509* issuer, int id, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value);
    if (extension == nullptr) throw std::runtime_error("cannot make a certificate extension");
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

// Signed by `issuer`, or by itself.
Identity make(const char* name, const Identity* issuer) {
    static long serial = 1;
    Identity made;
    made.key.reset(EVP_EC_gen("P-256"));
    made.certificate.reset(X509_new());
    X509* const certificate = made.certificate.get();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 24L * 3600);
    X509_set_pubkey(certificate, made.key.get());
    X509_NAME* const subject = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
    X509* const signer = issuer != nullptr ? issuer->certificate.get() : certificate;
    X509_set_issuer_name(certificate, X509_get_subject_name(signer));
    if (issuer == nullptr)
        add_extension(certificate, signer, NID_basic_constraints, "critical,CA:TRUE");
    else
        add_extension(certificate, signer, NID_subject_alt_name,
                      "DNS:localhost,DNS:api.example,IP:127.0.0.1");
    EVP_PKEY* const signing = issuer != nullptr ? issuer->key.get() : made.key.get();
    if (X509_sign(certificate, signing, EVP_sha256()) == 0)
        throw std::runtime_error("cannot sign a certificate");
    return made;
}

CertificateFiles write(const std::string& folder, const std::string& name,
                       const Identity& identity) {
    CertificateFiles files{folder + "/" + name + ".pem", folder + "/" + name + ".key"};
    std::FILE* file = std::fopen(files.certificate.c_str(), "w");
    PEM_write_X509(file, identity.certificate.get());
    std::fclose(file);
    file = std::fopen(files.key.c_str(), "w");
    PEM_write_PrivateKey(file, identity.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
    return files;
}

struct Made : Certificates {
    Made() {
        std::string path =
            (std::filesystem::temp_directory_path() / "whogoes-certificates-XXXXXX").string();
        if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("no temporary folder");
        folder = path;
        const Identity root = make("the authority", nullptr);
        const Identity other = make("another authority", nullptr);
        authority = write(folder, "authority", root);
        other_authority = write(folder, "other_authority", other);
        server = write(folder, "server", make("api.example", &root));
        stranger = write(folder, "stranger", make("api.example", &other));
        client = write(folder, "client", make("a client", &root));
        trusting_client = net::TlsContext(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
        SSL_CTX_load_verify_locations(trusting_client.get(), authority.certificate.c_str(),
                                      nullptr);
        SSL_CTX_set_verify(trusting_client.get(), SSL_VERIFY_PEER, nullptr);
        upstream = serving(server);
        demanding_upstream = serving(server);
        SSL_CTX_load_verify_locations(demanding_upstream.get(), authority.certificate.c_str(),
                                      nullptr);
        SSL_CTX_set_verify(demanding_upstream.get(),
                           SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
        constexpr unsigned char id[] = "rig";
        SSL_CTX_set_session_id_context(demanding_upstream.get(), id, sizeof id - 1);
    }
    ~Made() {
        std::error_code ignored;
        std::filesystem::remove_all(folder, ignored);
    }
    std::string folder;
};

}  // namespace

net::TlsContext serving(const CertificateFiles& files) {
    net::TlsContext context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    SSL_CTX_use_certificate_chain_file(context.get(), files.certificate.c_str());
    SSL_CTX_use_PrivateKey_file(context.get(), files.key.c_str(), SSL_FILETYPE_PEM);
    SSL_CTX_set_info_callback(context.get(), nullptr);
    return context;
}

const Certificates& certificates() {
    static const Made made;
    return made;
}

}  // namespace whogoes::support
