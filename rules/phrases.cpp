#include "rules/phrases.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace whogoes::rules {
namespace {

constexpr std::array phrases{
    Phrase{"credentials were not provided", Wording::nothing_arrived},
    Phrase{"no credentials provided", Wording::nothing_arrived},
    Phrase{"no credentials were provided", Wording::nothing_arrived},
    Phrase{"missing token", Wording::nothing_arrived},
    Phrase{"missing access token", Wording::nothing_arrived},
    Phrase{"missing bearer token", Wording::nothing_arrived},
    Phrase{"missing jwt", Wording::nothing_arrived},
    Phrase{"missing auth header", Wording::nothing_arrived},
    Phrase{"missing auth token", Wording::nothing_arrived},
    Phrase{"missing authorization header", Wording::nothing_arrived},
    Phrase{"missing authorization token", Wording::nothing_arrived},
    Phrase{"no auth header", Wording::nothing_arrived},
    Phrase{"no auth token", Wording::nothing_arrived},
    Phrase{"no authorization header", Wording::nothing_arrived},
    Phrase{"no authorization token", Wording::nothing_arrived},
    Phrase{"no access token", Wording::nothing_arrived},
    Phrase{"no bearer token", Wording::nothing_arrived},
    Phrase{"no token provided", Wording::nothing_arrived},
    Phrase{"no token was provided", Wording::nothing_arrived},
    Phrase{"no token found", Wording::nothing_arrived},
    Phrase{"token not provided", Wording::nothing_arrived},
    Phrase{"authorization header is missing", Wording::nothing_arrived},
    Phrase{"authorization header missing", Wording::nothing_arrived},
    Phrase{"authorization header not found", Wording::nothing_arrived},
    Phrase{"authorization header is required", Wording::nothing_arrived},
    Phrase{"full authentication is required", Wording::nothing_arrived},
    Phrase{"jwt is missing", Wording::nothing_arrived},
    Phrase{"jwt must be provided", Wording::nothing_arrived},

    Phrase{"jwt expired", Wording::token_expired},
    Phrase{"jwt is expired", Wording::token_expired},
    Phrase{"jwt has expired", Wording::token_expired},
    Phrase{"token expired", Wording::token_expired},
    Phrase{"token is expired", Wording::token_expired},
    Phrase{"token has expired", Wording::token_expired},
    Phrase{"token is not active", Wording::token_expired},
    Phrase{"expired jwt", Wording::token_expired},
    Phrase{"signature has expired", Wording::token_expired},
    Phrase{"lifetime validation failed", Wording::token_expired},
    Phrase{"exp\" claim timestamp check failed", Wording::token_expired},
    Phrase{"idx10223", Wording::token_expired},
    Phrase{"expiredjwtexception", Wording::token_expired},
    Phrase{"tokenexpirederror", Wording::token_expired},
    Phrase{"expiredsignatureerror", Wording::token_expired},
    Phrase{"securitytokenexpiredexception", Wording::token_expired},

    Phrase{"invalid signature", Wording::signature},
    Phrase{"invalid token signature", Wording::signature},
    Phrase{"invalid jwt signature", Wording::signature},
    Phrase{"bad signature", Wording::signature},
    Phrase{"signature is invalid", Wording::signature},
    Phrase{"signature invalid", Wording::signature},
    Phrase{"signature verification failed", Wording::signature},
    Phrase{"signature validation failed", Wording::signature},
    Phrase{"jwt verification fails", Wording::signature},
    Phrase{"does not match locally computed signature", Wording::signature},
    Phrase{"idx10503", Wording::signature},
    Phrase{"idx10511", Wording::signature},
    Phrase{"invalidsignatureerror", Wording::signature},

    Phrase{"signing key", Wording::key_id},
    Phrase{"kid", Wording::key_id},
    Phrase{"idx10501", Wording::key_id},
    Phrase{"jwks doesn't have key", Wording::key_id},
    Phrase{"didn't find publickey", Wording::key_id},
    Phrase{"no applicable key found", Wording::key_id},

    Phrase{"invalid algorithm", Wording::algorithm},
    Phrase{"unexpected signature algorithm", Wording::algorithm},
    Phrase{"unsupported algorithm", Wording::algorithm},
    Phrase{"expected algs", Wording::algorithm},
    Phrase{"specified alg value is not allowed", Wording::algorithm},

    Phrase{"audience", Wording::audience},
    Phrase{"audiences", Wording::audience},
    Phrase{"aud", Wording::audience},
    Phrase{"idx10214", Wording::audience},

    Phrase{"issuer", Wording::issuer},
    Phrase{"iss", Wording::issuer},
    Phrase{"idx10205", Wording::issuer},

    Phrase{"insufficient scope", Wording::scope},
    Phrase{"insufficient scopes", Wording::scope},
    Phrase{"missing scope", Wording::scope},
    Phrase{"missing scopes", Wording::scope},
    Phrase{"missing required scope", Wording::scope},
    Phrase{"required scope", Wording::scope},
    Phrase{"required scopes", Wording::scope},
    Phrase{"scope*required", Wording::scope},
    Phrase{"scopes*required", Wording::scope},
    Phrase{"requires*scope", Wording::scope},

    Phrase{"jwt malformed", Wording::structure},
    Phrase{"malformed jwt", Wording::structure},
    Phrase{"jwt is not in the form", Wording::structure},
    Phrase{"not enough segments", Wording::structure},
    Phrase{"wrong number of segments", Wording::structure},
    Phrase{"invalid compact jws", Wording::structure},
    Phrase{"idx12741", Wording::structure},
    Phrase{"malformedjwtexception", Wording::structure},

    Phrase{"csrf", Wording::csrf},
    Phrase{"xsrf", Wording::csrf},
    Phrase{"csrftoken", Wording::csrf},
    Phrase{"authenticity token", Wording::csrf},
    Phrase{"antiforgery token", Wording::csrf},
    Phrase{"anti forgery token", Wording::csrf},
    Phrase{"invalidauthenticitytoken", Wording::csrf},
    Phrase{"invalidcsrftokenexception", Wording::csrf},
    Phrase{"ebadcsrftoken", Wording::csrf},

    Phrase{"invalid cors request", Wording::cors_origin},
    Phrase{"cors policy", Wording::cors_origin},
    Phrase{"not allowed by cors", Wording::cors_origin},
    Phrase{"disallowed cors origin", Wording::cors_origin},
    Phrase{"origin*not allowed", Wording::cors_origin},

    Phrase{"blocked request. this host", Wording::host},
    Phrase{"invalid host header", Wording::host},
    Phrase{"invalid http host header", Wording::host},
    Phrase{"blocked host", Wording::host},
    Phrase{"blocked hosts", Wording::host},
    Phrase{"disallowedhost", Wording::host},

    Phrase{"rate limit", Wording::throttled},
    Phrase{"rate limits", Wording::throttled},
    Phrase{"rate limited", Wording::throttled},
    Phrase{"rate limiting", Wording::throttled},
    Phrase{"ratelimit", Wording::throttled},
    Phrase{"too many", Wording::throttled},
    Phrase{"throttled", Wording::throttled},

    Phrase{"locked", Wording::account},
    Phrase{"disabled", Wording::account},
    Phrase{"suspended", Wording::account},
    Phrase{"deactivated", Wording::account},
    Phrase{"not verified", Wording::account},
    Phrase{"unverified", Wording::account},
    Phrase{"mfa required", Wording::account},

    Phrase{"account", Wording::whose_account},
    Phrase{"accounts", Wording::whose_account},
    Phrase{"user", Wording::whose_account},
    Phrase{"login", Wording::whose_account},
    Phrase{"email", Wording::whose_account},
    Phrase{"e mail", Wording::whose_account},
    Phrase{"profile", Wording::whose_account},
    Phrase{"member", Wording::whose_account},
    Phrase{"customer", Wording::whose_account},
    Phrase{"tenant", Wording::whose_account},
    Phrase{"mfa required", Wording::whose_account},
    Phrase{"you", Wording::whose_account},

    Phrase{"ip", Wording::address},
    Phrase{"ip address", Wording::address},
    Phrase{"ips", Wording::address},
    Phrase{"not in whitelist", Wording::address},
    Phrase{"not in the whitelist", Wording::address},
    Phrase{"not in allowlist", Wording::address},
    Phrase{"not in the allowlist", Wording::address},
    Phrase{"not on the whitelist", Wording::address},
    Phrase{"not on the allowlist", Wording::address},
    Phrase{"not whitelisted", Wording::address},
    Phrase{"not allowlisted", Wording::address},

    Phrase{"api key", Wording::api_key},
    Phrase{"api keys", Wording::api_key},
    Phrase{"apikey", Wording::api_key},
    Phrase{"subscription key", Wording::api_key},
    Phrase{"no api key", Wording::api_key_missing},
    Phrase{"missing*api key", Wording::api_key_missing},
    Phrase{"missing*apikey", Wording::api_key_missing},
    Phrase{"missing*subscription key", Wording::api_key_missing},
    Phrase{"requires*api key", Wording::api_key_missing},
    Phrase{"provide*api key", Wording::api_key_missing},
    Phrase{"api key*missing", Wording::api_key_missing},
    Phrase{"api key*required", Wording::api_key_missing},
    Phrase{"api key*not provided", Wording::api_key_missing},
    Phrase{"api key*not found in", Wording::api_key_missing},
    Phrase{"apikey*missing", Wording::api_key_missing},
    Phrase{"apikey*required", Wording::api_key_missing},

    Phrase{"no required ssl certificate was sent", Wording::client_certificate},
    Phrase{"ssl certificate error", Wording::client_certificate},
    Phrase{"client certificate", Wording::client_certificate},
    Phrase{"client cert", Wording::client_certificate},

    Phrase{"not a valid key=value pair", Wording::aws_signature},
    Phrase{"incompletesignature", Wording::aws_signature},
    Phrase{"incompletesignatureexception", Wording::aws_signature},
    Phrase{"signaturedoesnotmatch", Wording::aws_signature},
    Phrase{"invalidsignatureexception", Wording::aws_signature},
    Phrase{"request signature we calculated does not match", Wording::aws_signature},
    Phrase{"missing authentication token", Wording::aws_route},
    Phrase{"is not authorized to perform", Wording::policy},
    Phrase{"not authorized to access this resource", Wording::policy},
    Phrase{"explicit deny", Wording::policy},
    Phrase{"user: anonymous", Wording::anonymous_caller},

    Phrase{"test mode", Wording::environment},
    Phrase{"live mode", Wording::environment},
    Phrase{"testmode", Wording::environment},
    Phrase{"livemode", Wording::environment},
    Phrase{"test key", Wording::environment},
    Phrase{"live key", Wording::environment},

    Phrase{"just a moment", Wording::firewall},
    Phrase{"attention required! | cloudflare", Wording::firewall},
    Phrase{"incapsula incident id", Wording::firewall},
    Phrase{"sucuri website firewall", Wording::firewall},
    Phrase{"error code: 10", Wording::cloudflare_block},
    Phrase{"error 10", Wording::cloudflare_block},
    Phrase{"access denied", Wording::akamai_block},
    Phrase{"the request could not be satisfied", Wording::cloudfront_block},
    Phrase{"the request is blocked", Wording::azure_block},
};

// The phrases by their first octet, so that a text is gone through once.
struct PhraseIndex {
    std::array<Phrase, phrases.size()> rows = phrases;
    std::array<std::uint16_t, 129> first{};

    constexpr PhraseIndex() {
        std::sort(rows.begin(), rows.end(),
                  [](const Phrase& a, const Phrase& b) { return a.words[0] < b.words[0]; });
        std::size_t row = 0;
        for (std::size_t octet = 0; octet < 128; ++octet) {
            first[octet] = static_cast<std::uint16_t>(row);
            while (row < rows.size() && static_cast<std::size_t>(rows[row].words[0]) == octet)
                ++row;
        }
        first[128] = static_cast<std::uint16_t>(row);
    }
};
constexpr PhraseIndex phrase_index;

}  // namespace

std::span<const Phrase> phrases_beginning_with(char lower_case_octet) noexcept {
    const auto octet = static_cast<unsigned char>(lower_case_octet);
    if (octet >= 128) return {};
    const std::size_t first = phrase_index.first[octet];
    const std::size_t behind = phrase_index.first[octet + std::size_t{1}];
    return std::span(phrase_index.rows).subspan(first, behind - first);
}

}  // namespace whogoes::rules
