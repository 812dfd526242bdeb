#pragma once

#include <string_view>

// Opaque tokens whose issuer says in public how they begin. A prefix is no secret; what follows it
// is. Lengths are not looked at: providers change them.
namespace whogoes::rules {

struct TokenPrefix {
    std::string_view prefix{};
    std::string_view provider{};
    std::string_view environment{};  // "live" or "test", where the prefix tells
    bool refresh = false;            // a refresh token, never to be sent to an API
};

const TokenPrefix* known_prefix(std::string_view token) noexcept;  // null: none

// "live" or "test" by the habit of sk_live_… and its like, known provider or not; empty: no such.
std::string_view environment_of(std::string_view token) noexcept;

// Whether a host (lower case, without port) is the provider's own, or an installation that carries
// its name.
bool is_host_of(std::string_view provider, std::string_view host) noexcept;

}  // namespace whogoes::rules
