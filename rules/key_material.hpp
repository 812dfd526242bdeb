#pragma once

#include "rules/result.hpp"

#include <boost/json/fwd.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct evp_pkey_st;  // OpenSSL's EVP_PKEY

// One JWK made into a key of OpenSSL's, with the algorithms it may be used with (RFC 7517, RFC
// 7518, RFC 8037). Inside of KeySet; not for others.
namespace whogoes::rules {

struct FreePublicKey {
    void operator()(evp_pkey_st*) const noexcept;
};
using PublicKey = std::unique_ptr<evp_pkey_st, FreePublicKey>;

struct Key {
    std::string kid{};
    std::vector<std::string> algorithms{};  // JOSE alg; empty: known by its kid, but of no use here
    PublicKey public_key{};                 // RSA, EC, OKP
    std::string secret{};                   // oct
    std::size_t coordinate_bytes = 0;       // EC: of r and of s
};

struct KeyFlaw {
    std::string words{};  // "RSA modulus of 1024 bits, 2048 are needed"
};

// A key that is not there to verify signatures (use "enc", another kty) comes back without
// algorithms.
Result<Key, KeyFlaw> read_key(const boost::json::object& jwk);

bool verifies_hmac(const Key&, std::string_view alg, std::string_view signed_text,
                   std::string_view signature);
bool verifies_public(const Key&, std::string_view alg, std::string_view signed_text,
                     std::string_view signature);

}  // namespace whogoes::rules
