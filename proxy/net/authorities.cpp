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

// As OpenSSL looks a name up: its hash, and a number (X509_LOOKUP_hash_dir(3)).
bool is_named_by_hash(const std::string& file) {
    constexpr std::size_t hash = 8;
    const auto all = [&file](std::size_t from, std::size_t to, const char* of) {
        return std::min(file.find_first_not_of(of, from), file.size()) >= to;
    };
    return file.size() > hash + 1 && file[hash] == '.' && all(0, hash, "0123456789abcdef") &&
           all(hash + 1, file.size(), "0123456789");
}

// OpenSSL looks into a folder when it meets a name, so one without certificates shows only then.
bool holds_certificates(std::string_view folders) {
    while (!folders.empty()) {
        const auto colon = std::min(folders.find(':'), folders.size());
        std::error_code error;
        const std::filesystem::directory_iterator folder(folders.substr(0, colon), error);
        if (!error && std::any_of(begin(folder), end(folder), [](const auto& entry) {
                return is_named_by_hash(entry.path().filename().string());
            }))
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
        holds_certificates(folder != nullptr ? folder : X509_get_default_cert_dir()))
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
