#include "rules/keys.hpp"

#include "rules/key_material.hpp"
#include "rules/text.hpp"

#include <boost/json.hpp>
#include <openssl/crypto.h>
#include <openssl/err.h>

#include <algorithm>

namespace whogoes::rules {
namespace {

namespace json = boost::json;

constexpr std::size_t longest_set = std::size_t{256} * 1024;
constexpr std::size_t most_keys = 256;

// "key 2 (kid \"a\")": a kid is a name, and no secret.
std::string name_of(const json::object& jwk, std::size_t number) {
    std::string name = "key " + std::to_string(number);
    const json::value* const kid = jwk.if_contains("kid");
    if (kid && kid->is_string() && is_utf8(std::string_view(kid->get_string())))
        name += " (kid " + json::serialize(*kid) + ")";
    return name;
}

Result<KeySet, std::string> failure(std::string words) {
    return {boost::system::in_place_error, std::move(words)};
}

bool may_use(const Key& key, std::string_view alg) {
    return std::find(key.algorithms.begin(), key.algorithms.end(), alg) != key.algorithms.end();
}

// RFC 7515, 5.2: what is not base64url, without padding, is not valid, whatever the MAC says.
bool is_base64url(std::string_view signed_text) {
    const std::size_t dot = signed_text.find('.');
    return decode_base64(signed_text.substr(0, dot), Alphabet::url).strict() &&
           decode_base64(signed_text.substr(dot + 1), Alphabet::url).strict();
}

bool header_was_read(const Jwt& jwt) {
    if (jwt.encrypted || jwt.segments != 3 || jwt.alg.empty()) return false;
    return jwt.flaw == JwtFlaw::none || jwt.flawed_segment != 1 || jwt.flaw == JwtFlaw::alg_none;
}

}  // namespace

struct KeySet::Impl {
    ~Impl() {
        for (Key& key : keys) OPENSSL_cleanse(key.secret.data(), key.secret.size());
    }

    std::vector<Key> keys;
    std::vector<std::string> refused;

    void take(const json::value& jwk, std::size_t number) {
        if (!jwk.is_object()) {
            refused.push_back("key " + std::to_string(number) + " is not an object");
            return;
        }
        Result<Key, KeyFlaw> key = read_key(jwk.get_object());
        if (key)
            keys.push_back(std::move(*key));
        else
            refused.push_back(name_of(jwk.get_object(), number) + ": " + key.error().words);
    }

    // Keys that the token's kid allows; a key without kid contradicts none.
    std::vector<const Key*> candidates(const Jwt& jwt) const {
        std::vector<const Key*> named;
        std::vector<const Key*> nameless;
        for (const Key& key : keys) {
            if (jwt.kid.empty() || key.kid == jwt.kid)
                named.push_back(&key);
            else if (key.kid.empty())
                nameless.push_back(&key);
        }
        return named.empty() ? nameless : named;
    }
};

KeySet::KeySet() : impl_(std::make_unique<Impl>()) {}

KeySet::~KeySet() = default;
KeySet::KeySet(KeySet&&) noexcept = default;
KeySet& KeySet::operator=(KeySet&&) noexcept = default;

Result<KeySet, std::string> KeySet::from_jwks(std::string_view text) {
    if (text.size() > longest_set) return failure("the key set is longer than 256 KiB");
    json::parse_options options;
    options.max_depth = 16;
    boost::system::error_code error;
    const json::value root = json::parse(text, error, {}, options);
    if (error) return failure("the key set is not JSON: " + error.message());
    if (!root.is_object()) return failure("the key set is JSON, but not an object");

    const json::value* const member = root.get_object().if_contains("keys");
    if (member && !member->is_array()) return failure("\"keys\" is not an array");
    const json::array keys = member ? member->get_array() : json::array{root};
    if (keys.empty()) return failure("the key set holds no key");
    if (keys.size() > most_keys) return failure("the key set holds more than 256 keys");

    KeySet set;
    for (std::size_t i = 0; i < keys.size(); ++i) set.impl_->take(keys[i], i + 1);
    ERR_clear_error();
    if (!set.algorithms().empty()) return set;
    if (!set.impl_->refused.empty()) return failure(set.impl_->refused.front());
    return failure("no key of the set verifies signatures (use, key_ops, kty, crv, alg)");
}

KeySet KeySet::from_hmac_secret(std::string_view secret) {
    KeySet set;
    Key key;
    // Shorter than RFC 7518, 3.2 asks for is common in development, and explains all the same.
    key.algorithms = {"HS256", "HS384", "HS512"};
    key.secret = secret;
    if (!secret.empty()) set.impl_->keys.push_back(std::move(key));
    return set;
}

Signature KeySet::verify(const Jwt& jwt) const {
    // RFC 7515, 4.1.11: an extension that must be understood, and is not, makes our answer no
    // evidence in either direction.
    if (empty() || !header_was_read(jwt) || jwt.has_crit) return Signature::not_checked;
    const std::vector<const Key*> candidates = impl_->candidates(jwt);
    if (candidates.empty()) return Signature::unknown_kid;

    const std::size_t dot = jwt.token.rfind('.');
    const std::string_view signed_text = jwt.token.substr(0, dot);
    const Base64 signature = decode_base64(jwt.token.substr(dot + 1), Alphabet::url);
    const bool well_formed = signature.strict() && is_base64url(signed_text);
    Signature verdict = Signature::algorithm_mismatch;
    for (const Key* const key : candidates) {
        if (!may_use(*key, jwt.alg)) continue;
        verdict = Signature::invalid;
        if (!well_formed) continue;
        const bool verified = key->public_key
                                  ? verifies_public(*key, jwt.alg, signed_text, signature.bytes)
                                  : verifies_hmac(*key, jwt.alg, signed_text, signature.bytes);
        if (verified) return Signature::verified;
    }
    return verdict;
}

std::vector<std::string> KeySet::kids() const {
    std::vector<std::string> names;
    for (const Key& key : impl_->keys)
        if (!key.kid.empty()) names.push_back(key.kid);
    return names;
}

std::vector<std::string> KeySet::algorithms() const {
    std::vector<std::string> names;
    for (const Key& key : impl_->keys)
        for (const std::string& alg : key.algorithms)
            if (std::find(names.begin(), names.end(), alg) == names.end()) names.push_back(alg);
    return names;
}

const std::vector<std::string>& KeySet::refused() const { return impl_->refused; }

std::size_t KeySet::size() const { return impl_->keys.size(); }

bool KeySet::empty() const { return impl_->keys.empty(); }

}  // namespace whogoes::rules
