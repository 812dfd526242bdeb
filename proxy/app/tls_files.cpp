#include "proxy/app/tls_files.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>

namespace whogoes::app {
namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using PrivateKey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

// Instead of OpenSSL's question on the terminal.
int no_passphrase(char*, int, int, void* asked) {
    *static_cast<bool*>(asked) = true;
    return -1;
}

std::optional<std::string> unreadable(const std::string& file) {
    std::ifstream stream(file);
    if (stream && stream.peek() != std::ifstream::traits_type::eof()) return std::nullopt;
    return "cannot read " + file + ": " +
           (stream.is_open() ? std::string("it is empty or no file") : std::strerror(errno));
}

Certificate read_certificate(const std::string& file) {
    const Bio bio(BIO_new_file(file.c_str(), "r"), BIO_free);
    Certificate certificate(bio ? PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr) : nullptr,
                            X509_free);
    ERR_clear_error();
    return certificate;
}

}  // namespace

std::optional<std::string> key_pair_flaw(const std::string& certificate_file,
                                         const std::string& key_file) {
    if (auto flaw = unreadable(certificate_file)) return flaw;
    if (auto flaw = unreadable(key_file)) return flaw;
    const Certificate certificate = read_certificate(certificate_file);
    if (!certificate) return certificate_file + " holds no PEM certificate";

    const Bio bio(BIO_new_file(key_file.c_str(), "r"), BIO_free);
    bool asked = false;
    const PrivateKey key(
        bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, &asked) : nullptr,
        EVP_PKEY_free);
    ERR_clear_error();
    if (!key)
        return key_file + (asked
                               ? " is encrypted: give it without a passphrase, readable by whogoes "
                                 "alone"
                               : " holds no PEM private key");
    const bool fits = X509_check_private_key(certificate.get(), key.get()) == 1;
    ERR_clear_error();
    if (!fits) return key_file + " is not the key of the certificate in " + certificate_file;
    return std::nullopt;
}

std::optional<std::string> authorities_flaw(const std::string& file) {
    if (auto flaw = unreadable(file)) return flaw;
    if (!read_certificate(file)) return file + " holds no PEM certificate";
    return std::nullopt;
}

}  // namespace whogoes::app
