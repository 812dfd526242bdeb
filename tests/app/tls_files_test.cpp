#include "proxy/app/tls_files.hpp"

#include "surroundings.hpp"

#include <doctest/doctest.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cstdio>
#include <memory>
#include <string>

namespace whogoes::app {
namespace {

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

Key new_key() { return {EVP_EC_gen("P-256"), EVP_PKEY_free}; }

void write_key(const std::string& path, EVP_PKEY* key, bool encrypted = false) {
    const File file(std::fopen(path.c_str(), "w"), std::fclose);
    unsigned char passphrase[] = "test";
    PEM_write_PrivateKey(file.get(), key, encrypted ? EVP_aes_256_cbc() : nullptr,
                         encrypted ? passphrase : nullptr, encrypted ? 4 : 0, nullptr, nullptr);
}

void write_certificate(const std::string& path, EVP_PKEY* key) {
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), X509_free);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key);
    X509_sign(certificate.get(), key, EVP_sha256());
    const File file(std::fopen(path.c_str(), "w"), std::fclose);
    PEM_write_X509(file.get(), certificate.get());
}

TEST_CASE("a certificate and its key are used; anything else is refused with the reason") {
    const Machine machine;
    const Key key = new_key(), other = new_key();
    write_certificate(machine.path("cert.pem"), key.get());
    write_key(machine.path("key.pem"), key.get());
    write_key(machine.path("other.pem"), other.get());
    write_key(machine.path("locked.pem"), key.get(), true);
    machine.write("empty.pem", "");
    const struct {
        const char* given;
        const char* certificate;
        const char* key;
        const char* said;  // with the folder cut out; empty: fine
    } rows[] = {
        {"a pair", "cert.pem", "key.pem", ""},
        {"another key", "cert.pem", "other.pem",
         "other.pem is not the key of the certificate in cert.pem"},
        {"a passphrase", "cert.pem", "locked.pem",
         "locked.pem is encrypted: give it without a passphrase, readable by whogoes alone"},
        {"no certificate", "key.pem", "key.pem", "key.pem holds no PEM certificate"},
        {"no key", "cert.pem", "cert.pem", "cert.pem holds no PEM private key"},
        {"an empty file", "cert.pem", "empty.pem", "cannot read empty.pem: it is empty or no file"},
        {"a missing file", "none.pem", "key.pem",
         "cannot read none.pem: No such file or directory"},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.given));
        std::string said =
            key_pair_flaw(machine.path(row.certificate), machine.path(row.key)).value_or("");
        const std::string folder = machine.path("");
        for (std::size_t at; (at = said.find(folder)) != std::string::npos;)
            said.erase(at, folder.size());
        CHECK(said == row.said);
    }
    CHECK_FALSE(authorities_flaw(machine.path("cert.pem")).has_value());
    CHECK(authorities_flaw(machine.path("key.pem")).has_value());
}

TEST_CASE("TLS in a configuration is checked at load, relative to its file") {
    const Machine machine;
    const Key key = new_key(), other = new_key();
    std::filesystem::create_directories(machine.path("conf"));
    write_certificate(machine.path("conf/cert.pem"), key.get());
    write_key(machine.path("conf/key.pem"), key.get());
    write_key(machine.path("conf/other.pem"), other.get());
    Arguments arguments;
    arguments.config_file = "conf/w.yaml";
    machine.write("conf/w.yaml",
                  "upstream: :1\ntls: {certificate: cert.pem, key: key.pem}\n"
                  "upstream_tls: {ca: cert.pem}\n");
    CHECK(machine.problems(arguments) == "");
    CHECK(machine.load(arguments).tls.certificate_file == machine.path("conf/cert.pem"));
    machine.write("conf/w.yaml", "upstream: :1\ntls: {certificate: cert.pem, key: other.pem}\n");
    CHECK(machine.problems(arguments).starts_with("conf/w.yaml:2:7: tls: "));
    machine.write("conf/w.yaml", "upstream: :1\nupstream_tls: {ca: key.pem}\n");
    CHECK(machine.problems(arguments).starts_with("conf/w.yaml:2:16: upstream_tls.ca: "));
    machine.write("conf/w.yaml", "upstream: :1\nupstream_tls: {key: key.pem}\n");
    CHECK(machine.problems(arguments) ==
          "conf/w.yaml:2:16: upstream_tls: takes certificate and key together, or neither");
}

}  // namespace
}  // namespace whogoes::app
