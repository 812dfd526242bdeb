#pragma once

#include "proxy/net/secret.hpp"
#include "proxy/settings/settings.hpp"
#include "proxy/upstream/fetch.hpp"
#include "rules/time.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

// What a token endpoint said (RFC 6749, 5.1 and 5.2). Pure; never throws.
namespace whogoes::renew {

struct TokenAnswer {
    enum class Kind : std::uint8_t {
        renewed,
        session_over,     // invalid_grant, or a 401: nobody but the user can mend it
        client_rejected,  // a fault of the configuration
        later,            // 429, 5xx, no answer, one that says nothing
    };
    Kind kind = Kind::later;
    net::Secret access_token{};
    net::Secret refresh_token{};                     // empty: the old one stays
    std::optional<std::chrono::seconds> lifetime{};  // of the access token
    std::optional<std::chrono::seconds> retry_after{};
    int status = 0;
    std::string error{};  // the code, "invalid_grant"; empty: none
    std::string words{};  // "answered 400 invalid_grant"; nothing secret
};

// Wipes the answer's body.
TokenAnswer read_token_answer(upstream::Fetched&, settings::Grant, rules::TimePoint now);

}  // namespace whogoes::renew
