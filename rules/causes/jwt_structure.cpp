#include "rules/causes/jwt_structure.hpp"

#include "rules/causes/reading.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace whogoes::rules::causes {
namespace {

const Jwt* flawed_jwt(const Exchange& exchange, JwtFlaw flaw) {
    const Jwt* const jwt = sole_jwt(exchange);
    return jwt && jwt->flaw == flaw ? jwt : nullptr;
}

std::string_view segment(const Jwt& jwt, int number) {
    std::string_view rest = jwt.token;
    for (int i = 1; i < number && !rest.empty(); ++i)
        rest.remove_prefix(std::min(rest.find('.'), rest.size() - 1) + 1);
    return rest.substr(0, rest.find('.'));
}

std::string segment_words(const Jwt& jwt) {
    return jwt.flawed_segment == 1   ? "the header"
           : jwt.flawed_segment == 2 ? "the payload"
                                     : "the signature";
}

}  // namespace

std::optional<Evidence> jwt_segment_count(const Exchange& exchange) {
    const Jwt* const jwt = flawed_jwt(exchange, JwtFlaw::segment_count);
    // One part alone may be JSON of another make, where the answer has no word of a token.
    const bool unnamed = exchange.response.status == 400 && exchange.challenges.absent() &&
                         exchange.heard.told.empty();
    if (jwt && !(unnamed && jwt->segments == 1)) {
        std::string words = "the token has " + std::to_string(jwt->segments) +
                            (jwt->segments == 1 ? " part" : " parts") + ", and a JWT has three";
        if (jwt->segments == 5) words = "the token has five parts, but no enc that a JWE needs";
        return proof(std::move(words), {fact("segments", jwt->segments)});
    }
    if (!has_opaque_token(exchange)) return std::nullopt;
    const std::string_view token = sole_token(exchange);
    const auto dots = std::count(token.begin(), token.end(), '.');
    std::optional<Evidence> said =
        told(exchange, "jwt-segment-count", {fact("segments", std::int64_t{dots + 1})});
    if (said) said->words = "the token is no JWT, and " + said->words;
    return said;
}

std::optional<Evidence> jwt_encrypted(const Exchange& exchange) {
    const Jwt* const jwt = sole_jwt(exchange);
    if (!jwt || !jwt->encrypted || is_forbidden(exchange)) return std::nullopt;
    std::vector<Fact> facts;
    add(facts, "alg", jwt->alg);
    add(facts, "enc", jwt->enc);
    add(facts, "iss", jwt->iss);
    std::string words = "the token is encrypted (JWE, enc " + jwt->enc + ")";
    if (jwt->alg == "dir" && jwt->enc == "A256GCM")
        words += ", as some issuers do when no audience was asked for";
    return shape(std::move(words), std::move(facts));
}

std::optional<Evidence> jwt_base64_standard(const Exchange& exchange) {
    const Jwt* const jwt = flawed_jwt(exchange, JwtFlaw::base64_standard);
    if (!jwt) return std::nullopt;
    std::string chars;
    for (const char c : segment(*jwt, jwt->flawed_segment))
        if (std::string_view("+/=").find(c) != std::string_view::npos &&
            chars.find(c) == std::string::npos)
            chars += c;
    return proof(segment_words(*jwt) + " is written in the base64 alphabet with + / =",
                 {fact("segment", jwt->flawed_segment), fact("chars", std::move(chars))});
}

std::optional<Evidence> jwt_base64_invalid(const Exchange& exchange) {
    const Jwt* const jwt = flawed_jwt(exchange, JwtFlaw::base64_invalid);
    if (!jwt) return std::nullopt;
    return proof(segment_words(*jwt) + " is not base64url: " + jwt->flaw_detail + " at byte " +
                     std::to_string(jwt->flaw_offset),
                 {fact("segment", jwt->flawed_segment), fact("offset", jwt->flaw_offset)});
}

std::optional<Evidence> jwt_json_invalid(const Exchange& exchange) {
    const Jwt* const jwt = flawed_jwt(exchange, JwtFlaw::json_invalid);
    if (!jwt) return std::nullopt;
    return proof(segment_words(*jwt) + " decodes, but is no JSON object: " + jwt->flaw_detail,
                 {fact("segment", jwt->flawed_segment), fact("parser_error", jwt->flaw_detail)});
}

std::optional<Evidence> jwt_alg_none(const Exchange& exchange) {
    const Jwt* const jwt = flawed_jwt(exchange, JwtFlaw::alg_none);
    if (!jwt) return std::nullopt;
    const bool unsigned_part = jwt->signature_bytes == 0;
    return proof(unsigned_part ? "the token is not signed: its third part is empty"
                               : "the token says alg " + jwt->alg + ", so nobody signed it",
                 {fact("alg", jwt->alg), fact("signature_len", jwt->signature_bytes)});
}

std::optional<Evidence> jwt_alg_missing(const Exchange& exchange) {
    const Jwt* const jwt = flawed_jwt(exchange, JwtFlaw::alg_missing);
    if (!jwt) return std::nullopt;
    return proof("the header names no alg", {fact("header_keys", jwt->header_names)});
}

std::optional<Evidence> jwt_truncated(const Exchange& exchange) {
    const Jwt* const jwt = flawed_jwt(exchange, JwtFlaw::truncated);
    if (!jwt) return std::nullopt;
    std::string words = "the signature has " + std::to_string(jwt->signature_bytes) + " bytes";
    if (jwt->signature_expected_bytes != 0 && jwt->signature_expected_bytes != jwt->signature_bytes)
        words += ", and " + jwt->alg + " makes " + std::to_string(jwt->signature_expected_bytes);
    else
        words += " and a rest that is no whole byte";
    return proof(std::move(words),
                 {fact("alg", jwt->alg), fact("signature_bytes", jwt->signature_bytes),
                  fact("expected_bytes", jwt->signature_expected_bytes),
                  fact("b64_mod4", segment(*jwt, 3).size() % 4)});
}

}  // namespace whogoes::rules::causes
