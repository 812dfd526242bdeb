#include "proxy/net/authorities.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace whogoes::net {
namespace {

constexpr const char* known_bundles[] = {
    "/etc/ssl/certs/ca-certificates.crt",                 // Debian, Alpine, Arch, Gentoo, Nix
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // Fedora, RHEL 7 and later
    "/etc/pki/tls/certs/ca-bundle.crt",                   // RHEL before
    "/etc/ssl/ca-bundle.pem",                             // SUSE
    "/etc/ssl/cert.pem",                                  // Alpine without its package, Void
};

const char* told(const char* variable) {
    const char* value = std::getenv(variable);
    return value != nullptr && *value != '\0' ? value : nullptr;
}

// OpenSSL looks into a folder when it meets a name, so an empty one shows only then.
bool holds_something(std::string_view folders) {
    while (!folders.empty()) {
        const auto colon = std::min(folders.find(':'), folders.size());
        std::error_code error;
        const std::filesystem::path folder(folders.substr(0, colon));
        if (std::filesystem::directory_iterator(folder, error) !=
                std::filesystem::directory_iterator() &&
            !error)
            return true;
        folders.remove_prefix(std::min(colon + 1, folders.size()));
    }
    return false;
}

bool has_certificates(ssl_ctx_st* context) {
    return sk_X509_OBJECT_num(X509_STORE_get0_objects(SSL_CTX_get_cert_store(context))) > 0;
}

}  // namespace

std::optional<std::string> trust_system_authorities(ssl_ctx_st* context) {
    SSL_CTX_set_default_verify_paths(context);
    ERR_clear_error();
    const char* const file = told(X509_get_default_cert_file_env());
    const char* const folder = told(X509_get_default_cert_dir_env());
    if (has_certificates(context) ||
        holds_something(folder != nullptr ? folder : X509_get_default_cert_dir()))
        return std::nullopt;

    std::string looked;
    if (file == nullptr && folder == nullptr) {
        for (const char* const bundle : known_bundles) {
            if (SSL_CTX_load_verify_locations(context, bundle, nullptr) == 1) return std::nullopt;
            ERR_clear_error();
            looked += (looked.empty() ? "" : ", ") + std::string(bundle);
        }
    } else {
        looked = std::string(file != nullptr ? file : "") +
                 (file != nullptr && folder != nullptr ? ", " : "") +
                 (folder != nullptr ? folder : "");
    }
    return "nobody vouches for a certificate here: there are no authorities in " + looked +
           "; install the package ca-certificates, or name a PEM file in " +
           X509_get_default_cert_file_env() + " (for the API alone: in upstream_tls.ca)";
}

}  // namespace whogoes::net
