#pragma once

#include "rules/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// A compact JWS or JWE taken apart (RFC 7515, 7516, 7519): what could be read, and the first thing
// that is wrong with it. Nothing here is verified; a claim is a hint until KeySet says otherwise.
namespace whogoes::rules {

enum class JwtFlaw : std::uint8_t {
    none,
    segment_count,    // neither three nor five parts
    base64_standard,  // + / = where base64url is due
    base64_invalid,
    json_invalid,  // header or payload is not a JSON object
    alg_missing,
    alg_none,   // alg "none" in any case, or no signature
    truncated,  // the signature cannot have this length
};

enum class ClaimKind : std::uint8_t { absent, number, not_a_number };

struct TimeClaim {
    ClaimKind kind = ClaimKind::absent;
    double value = 0;         // as sent, where it is a number
    std::string json_type{};  // "string", "array", … where it is not
    // A time between 1998 and 2128, a thousand times: no far future is meant by such a number.
    bool milliseconds() const {
        return kind == ClaimKind::number && value >= 9.0e11 && value < 5.0e12;
    }
};

struct Jwt {
    std::string_view token{};  // the whole credential
    int segments = 0;          // counted up to six
    JwtFlaw flaw = JwtFlaw::none;
    int flawed_segment = 0;       // from 1
    std::size_t flaw_offset = 0;  // octets into that segment
    std::string flaw_detail{};    // for the log; nothing of the token in it
    bool encrypted = false;       // five parts and enc

    // Header. Empty: absent.
    std::string alg{}, typ{}, kid{}, enc{}, cty{};
    bool has_crit = false;
    std::vector<std::string> header_names{};

    // Claims on the allow-list of what may be logged, and a few that only checks look at.
    std::string iss{}, azp{}, client_id{}, tid{}, acr{}, jti{}, token_use{};
    std::string typ_claim{};  // typ, else token_type, else type
    std::vector<std::string> aud{};
    std::vector<std::string> scopes{};  // scope, scp, permissions and roles, split
    TimeClaim exp{}, nbf{}, iat{}, auth_time{};
    bool has_sub = false, has_nonce = false, has_at_hash = false, has_c_hash = false;
    bool has_scope = false;                    // scope or scp is there
    std::string sub{};                         // never logged; to compare two tokens only
    std::string cnf_jkt{};                     // DPoP binding
    bool cnf_certificate = false;              // bound to a client certificate (RFC 8705, 3.1)
    std::string htm{}, htu{}, ath{}, nonce{};  // of a DPoP proof (RFC 9449, 4.2)
    bool has_jwk = false;                      // the header holds a key …
    bool jwk_private = false;                  // … and its private half
    std::size_t signature_bytes = 0;
    std::size_t signature_expected_bytes = 0;  // 0: any

    bool readable() const {  // header and payload are JSON objects
        return !encrypted && (flaw == JwtFlaw::none || flaw == JwtFlaw::alg_missing ||
                              flaw == JwtFlaw::alg_none || flaw == JwtFlaw::truncated);
    }
};

// Empty when the credential does not look like a JWT at all (an opaque token), and when it is
// longer than 16 KiB and nothing certain can be said. Bounded: five segments, JSON depth 16.
std::optional<Jwt> parse_jwt(std::string_view credential);

}  // namespace whogoes::rules
