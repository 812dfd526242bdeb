#include "rules/key_material.hpp"

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rsa.h>

#include <array>
#include <string>

// The arithmetic of RFC 7518, 3 and RFC 8037, 3.1, left to libcrypto.
namespace whogoes::rules {
namespace {

using Octets = const unsigned char*;
Octets octets(std::string_view text) { return reinterpret_cast<Octets>(text.data()); }

const EVP_MD* digest_for(std::string_view alg) {
    if (alg.ends_with("256")) return EVP_sha256();
    if (alg.ends_with("384")) return EVP_sha384();
    return alg.ends_with("512") ? EVP_sha512() : nullptr;  // null: EdDSA has its own
}

// RFC 7518, 3.4: r and s side by side, each of full length. libcrypto wants DER. Empty: no
// signature can look like this.
std::string der_of(std::string_view signature, std::size_t coordinate_bytes) {
    if (coordinate_bytes == 0 || signature.size() != 2 * coordinate_bytes) return {};
    ECDSA_SIG* const pair = ECDSA_SIG_new();
    const int size = static_cast<int>(coordinate_bytes);
    ECDSA_SIG_set0(pair, BN_bin2bn(octets(signature), size, nullptr),
                   BN_bin2bn(octets(signature) + size, size, nullptr));
    unsigned char* der = nullptr;
    const int der_size = i2d_ECDSA_SIG(pair, &der);
    std::string result;
    if (der_size > 0) result.assign(reinterpret_cast<char*>(der), static_cast<size_t>(der_size));
    OPENSSL_free(der);
    ECDSA_SIG_free(pair);
    return result;
}

bool set_up(EVP_MD_CTX* context, EVP_PKEY* key, std::string_view alg) {
    EVP_PKEY_CTX* key_context = nullptr;  // owned by `context`
    if (EVP_DigestVerifyInit(context, &key_context, digest_for(alg), nullptr, key) <= 0)
        return false;
    if (!alg.starts_with("PS")) return true;
    // RFC 7518, 3.5: MGF1 with the same hash, a salt as long as the hash.
    return EVP_PKEY_CTX_set_rsa_padding(key_context, RSA_PKCS1_PSS_PADDING) > 0 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(key_context, RSA_PSS_SALTLEN_DIGEST) > 0 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md(key_context, digest_for(alg)) > 0;
}

}  // namespace

bool verifies_hmac(const Key& key, std::string_view alg, std::string_view signed_text,
                   std::string_view signature) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
    unsigned size = 0;
    if (!HMAC(digest_for(alg), key.secret.data(), static_cast<int>(key.secret.size()),
              octets(signed_text), signed_text.size(), mac.data(), &size))
        return false;
    return size == signature.size() && CRYPTO_memcmp(mac.data(), signature.data(), size) == 0;
}

bool verifies_public(const Key& key, std::string_view alg, std::string_view signed_text,
                     std::string_view signature) {
    std::string der;
    if (alg.starts_with("ES")) {
        der = der_of(signature, key.coordinate_bytes);
        if (der.empty()) return false;
        signature = der;
    }
    EVP_MD_CTX* const context = EVP_MD_CTX_new();
    const bool verified = context && set_up(context, key.public_key.get(), alg) &&
                          EVP_DigestVerify(context, octets(signature), signature.size(),
                                           octets(signed_text), signed_text.size()) == 1;
    EVP_MD_CTX_free(context);
    // A refused signature leaves entries in the thread's queue that later TLS calls would read.
    ERR_clear_error();
    return verified;
}

}  // namespace whogoes::rules
