#pragma once

#include "rules/jwt.hpp"
#include "rules/result.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Verification keys, each bound to its algorithm when it is loaded (RFC 8725, 3.1). A signature
// that verifies explains a refusal; it never grants anything.
namespace whogoes::rules {

enum class Signature : std::uint8_t {
    verified,
    invalid,
    unknown_kid,
    algorithm_mismatch,  // no key of this set may be used with the token's alg
    not_checked,         // no key, an encrypted or unreadable token, or one with crit
};

class KeySet {
public:
    KeySet();
    ~KeySet();
    KeySet(KeySet&&) noexcept;
    KeySet& operator=(KeySet&&) noexcept;

    // A JWK set or one JWK (RFC 7517). A key that cannot be used is left out, and named in
    // refused(); when none is left, the error is one sentence that names the key and the flaw.
    static Result<KeySet, std::string> from_jwks(std::string_view json);
    static KeySet from_hmac_secret(std::string_view secret);  // HS256, HS384, HS512

    Signature verify(const Jwt&) const;
    std::vector<std::string> kids() const;
    std::vector<std::string> algorithms() const;
    const std::vector<std::string>& refused() const;  // one sentence a key
    std::size_t size() const;
    bool empty() const;
    TimePoint loaded_at{};  // set by whoever fetched it

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace whogoes::rules
