#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

// What a client offered in one Authorization field line, split but not judged
// (RFC 9110, 11.4). Views into the line; holds a secret, so it has no formatter.
namespace whogoes::rules {

enum class Scheme : std::uint8_t {
    none,     // the value is empty
    unknown,  // a token that is no scheme we know, or no token at all
    basic,
    bearer,
    digest,
    dpop,
    negotiate,
    ntlm,
    token,
    jwt,
    apikey,
    aws4_hmac_sha256,
    hoba,
    mutual,
    oauth,
    scram,
    vapid,
    gnap,
    private_token,
    concealed,
};

struct Credentials {
    std::string_view raw{};     // the whole value, white space around it trimmed
    std::string_view scheme{};  // as sent, up to the first SP or HTAB (or the whole value)
    std::string_view value{};   // behind the white space after the scheme; may be empty
    Scheme kind = Scheme::none;
};

Credentials parse_credentials(std::string_view field_value);

// The scheme for a name, compared without case; unknown for any other.
Scheme scheme_of(std::string_view name);

// "Bearer" for Scheme::bearer; empty for none and unknown.
std::string_view registered_spelling(Scheme);
// The usual spelling of this very name ("SCRAM-SHA-1" too, which shares its kind).
std::string_view registered_spelling(std::string_view name);

}  // namespace whogoes::rules
