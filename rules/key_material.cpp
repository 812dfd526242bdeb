#include "rules/key_material.hpp"

#include "rules/text.hpp"

#include <boost/json.hpp>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <algorithm>
#include <array>
#include <optional>

namespace whogoes::rules {
namespace {

namespace json = boost::json;

template <auto function>
struct Free {
    template <class T>
    void operator()(T* pointer) const noexcept {
        function(pointer);
    }
};
using Number = std::unique_ptr<BIGNUM, Free<BN_free>>;
using ParameterBuilder = std::unique_ptr<OSSL_PARAM_BLD, Free<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Free<OSSL_PARAM_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>>;

struct Curve {
    std::string_view crv;
    const char* group;
    std::string_view alg;
    std::size_t bytes;
};
// RFC 7518, 3.4 binds each curve to one algorithm.
constexpr std::array curves{Curve{"P-256", "P-256", "ES256", 32},
                            Curve{"P-384", "P-384", "ES384", 48},
                            Curve{"P-521", "P-521", "ES512", 66}};

constexpr std::array<std::string_view, 6> rsa_algorithms{"RS256", "RS384", "RS512",
                                                         "PS256", "PS384", "PS512"};

struct Mac {
    std::string_view alg;
    std::size_t least_bytes;  // RFC 7518, 3.2
};
constexpr std::array macs{Mac{"HS256", 32}, Mac{"HS384", 48}, Mac{"HS512", 64}};

std::string_view text_member(const json::object& jwk, std::string_view name) {
    const json::value* const value = jwk.if_contains(name);
    if (!value || !value->is_string()) return {};
    return value->get_string();
}

Result<std::string, KeyFlaw> octets(const json::object& jwk, std::string_view name) {
    const std::string_view text = text_member(jwk, name);
    if (text.empty()) return KeyFlaw{"has no \"" + std::string(name) + "\""};
    Base64 decoded = decode_base64(text, Alphabet::url);
    if (!decoded.ok() || decoded.padding != 0)
        return KeyFlaw{"\"" + std::string(name) + "\" is not base64url"};
    return {boost::system::in_place_value, std::move(decoded.bytes)};
}

// RFC 7517, 4.2 and 4.3.
bool is_for_signatures(const json::object& jwk) {
    const std::string_view use = text_member(jwk, "use");
    if (!use.empty() && use != "sig") return false;
    const json::value* const operations = jwk.if_contains("key_ops");
    if (!operations || !operations->is_array()) return true;
    for (const json::value& operation : operations->get_array())
        if (operation.is_string() && operation.get_string() == "verify") return true;
    return false;
}

PublicKey key_from(const char* type, OSSL_PARAM_BLD* builder) {
    const Parameters parameters(OSSL_PARAM_BLD_to_param(builder));
    const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    EVP_PKEY* key = nullptr;
    if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) <= 0 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) <= 0)
        return {};
    return PublicKey(key);
}

Number number_of(std::string_view bytes) {
    return Number(BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()),
                            static_cast<int>(bytes.size()), nullptr));
}

template <class Names>
void allow(Key& key, const Names& possible, std::string_view wanted) {
    for (const std::string_view alg : possible)
        if (wanted.empty() || wanted == alg) key.algorithms.emplace_back(alg);
}

std::optional<KeyFlaw> read_rsa(const json::object& jwk, Key& key) {
    allow(key, rsa_algorithms, text_member(jwk, "alg"));
    if (key.algorithms.empty()) return std::nullopt;
    const auto modulus = octets(jwk, "n");
    if (!modulus) return modulus.error();
    const auto exponent = octets(jwk, "e");
    if (!exponent) return exponent.error();
    if (exponent->size() > 32) return KeyFlaw{"RSA exponent of more than 256 bits"};
    const Number n = number_of(*modulus);
    const Number e = number_of(*exponent);
    const int bits = BN_num_bits(n.get());
    // RFC 7518, 3.3. The upper bound keeps a hostile key set from costing seconds a signature.
    if (bits < 2048)
        return KeyFlaw{"RSA modulus of " + std::to_string(bits) + " bits, 2048 are needed"};
    if (bits > 16384) return KeyFlaw{"RSA modulus of more than 16384 bits"};
    if (!BN_is_odd(e.get()) || BN_is_one(e.get())) return KeyFlaw{"RSA exponent is even or one"};
    const ParameterBuilder builder(OSSL_PARAM_BLD_new());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
    key.public_key = key_from("RSA", builder.get());
    return key.public_key ? std::nullopt : std::optional(KeyFlaw{"is no RSA key"});
}

std::optional<KeyFlaw> read_ec(const json::object& jwk, Key& key) {
    const std::string_view crv = text_member(jwk, "crv");
    const auto* const curve = std::find_if(curves.begin(), curves.end(),
                                           [&](const Curve& row) { return row.crv == crv; });
    if (curve == curves.end()) return std::nullopt;
    // "ES521" is a slip for ES512 that published keys have; the curve leaves no other algorithm.
    const std::string_view alg = text_member(jwk, "alg");
    const bool slip = alg == "ES521" && curve->alg == "ES512";
    allow(key, std::array{curve->alg}, slip ? curve->alg : alg);
    if (key.algorithms.empty()) return std::nullopt;
    const auto x = octets(jwk, "x");
    if (!x) return x.error();
    const auto y = octets(jwk, "y");
    if (!y) return y.error();
    if (x->size() > curve->bytes || y->size() > curve->bytes)
        return KeyFlaw{"has a coordinate too long for " + std::string(crv)};
    // RFC 7518, 6.2.1.2 asks for full length; some issuers drop leading zeros.
    std::string point = "\x04";
    point.append(curve->bytes - x->size(), '\0').append(*x);
    point.append(curve->bytes - y->size(), '\0').append(*y);
    const ParameterBuilder builder(OSSL_PARAM_BLD_new());
    OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve->group, 0);
    OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                     point.size());
    key.public_key = key_from("EC", builder.get());
    key.coordinate_bytes = curve->bytes;
    return key.public_key ? std::nullopt
                          : std::optional(KeyFlaw{"is no point of " + std::string(crv)});
}

// RFC 8037; RFC 9864 names the curve in alg.
std::optional<KeyFlaw> read_okp(const json::object& jwk, Key& key) {
    const std::string crv(text_member(jwk, "crv"));
    if (crv != "Ed25519" && crv != "Ed448") return std::nullopt;
    allow(key, std::array<std::string_view, 2>{"EdDSA", crv}, text_member(jwk, "alg"));
    if (key.algorithms.empty()) return std::nullopt;
    const auto x = octets(jwk, "x");
    if (!x) return x.error();
    key.public_key.reset(EVP_PKEY_new_raw_public_key_ex(
        nullptr, crv.c_str(), nullptr, reinterpret_cast<const unsigned char*>(x->data()),
        x->size()));
    return key.public_key ? std::nullopt : std::optional(KeyFlaw{"is no key of " + crv});
}

std::optional<KeyFlaw> read_oct(const json::object& jwk, Key& key) {
    const std::string_view alg = text_member(jwk, "alg");
    for (const Mac& mac : macs)
        if (alg.empty() || alg == mac.alg) key.algorithms.emplace_back(mac.alg);
    if (key.algorithms.empty()) return std::nullopt;
    auto secret = octets(jwk, "k");
    if (!secret) return secret.error();
    key.secret = std::move(*secret);
    std::erase_if(key.algorithms, [&](const std::string& name) {
        const auto* const mac =
            std::find_if(macs.begin(), macs.end(), [&](const Mac& row) { return row.alg == name; });
        return key.secret.size() < mac->least_bytes;
    });
    if (!key.algorithms.empty()) return std::nullopt;
    return KeyFlaw{"secret of " + std::to_string(key.secret.size()) +
                   " bytes is shorter than the hash of " +
                   std::string(alg.empty() ? "HS256" : alg)};
}

}  // namespace

void FreePublicKey::operator()(evp_pkey_st* key) const noexcept { EVP_PKEY_free(key); }

Result<Key, KeyFlaw> read_key(const json::object& jwk) {
    Key key;
    key.kid = text_member(jwk, "kid");
    const std::string_view kty = text_member(jwk, "kty");
    if (kty.empty()) return KeyFlaw{"has no \"kty\""};
    if (!is_for_signatures(jwk)) return key;
    std::optional<KeyFlaw> flaw;
    if (kty == "RSA") flaw = read_rsa(jwk, key);
    if (kty == "EC") flaw = read_ec(jwk, key);
    if (kty == "OKP") flaw = read_okp(jwk, key);
    if (kty == "oct") flaw = read_oct(jwk, key);
    if (flaw) return *std::move(flaw);
    return key;
}

}  // namespace whogoes::rules
