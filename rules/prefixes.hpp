#pragma once

#include <cstdint>
#include <span>
#include <string_view>

// Opaque tokens whose issuer says in public how they begin. A prefix is no secret; what follows it
// is. Lengths are not looked at: providers change them. The rows are rules/dialects/prefixes.yaml.
namespace whogoes::rules {

enum class TokenKind : std::uint8_t {
    token,
    api_key,
    refresh_token,    // never to be sent to an API
    publishable_key,  // for browsers; no secret, and may do little
    secret_key,
    client_secret,   // of an OAuth client: for the token endpoint alone
    webhook_secret,  // verifies what is delivered, never sent
};

struct TokenPrefix {
    std::string_view prefix{};
    std::string_view provider{};
    std::string_view environment{};  // "live" or "test", where the prefix tells
    TokenKind kind = TokenKind::token;
    std::span<const std::string_view> hosts{};  // where it belongs, each with all below it
    bool installed = false;                     // runs on hosts of anybody's, too
    std::span<const std::string_view> paths{};  // that give an installation away
};

// Sorted by the first three octets, the longer prefixes first.
std::span<const TokenPrefix> known_prefixes() noexcept;

// The longest one that the token begins with; null: none.
const TokenPrefix* known_prefix(std::string_view token) noexcept;

// "live" or "test", as the provider's prefix says or by the habit of sk_live_… and its like;
// empty: no such.
std::string_view environment_of(std::string_view token) noexcept;

// Whether a host (lower case, without port) is the provider's own, or an installation that carries
// its name.
bool is_host_of(std::string_view provider, std::string_view host) noexcept;
// Whether it belongs to any of them.
bool is_known_host(std::string_view host) noexcept;

}  // namespace whogoes::rules
