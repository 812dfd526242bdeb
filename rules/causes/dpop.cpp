#include "rules/causes/dpop.hpp"

#include "rules/causes/reading.hpp"
#include "rules/text.hpp"

#include <openssl/evp.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <utility>

namespace whogoes::rules::causes {
namespace {

constexpr std::int64_t oldest_proof = 300;

// The credential that a proof should go with; null: this is not about DPoP.
const Credentials* bound_credentials(const Exchange& exchange) {
    const Credentials* const sent = sole_credentials(exchange);
    if (sent_as(sent, Scheme::dpop)) return sent;
    const bool bound = exchange.jwt && !exchange.jwt->cnf_jkt.empty();
    return bound && sent_as(sent, Scheme::bearer) ? sent : nullptr;
}

// The one proof of a request under the scheme DPoP, taken apart.
std::optional<Jwt> sole_proof(const Exchange& exchange) {
    if (!sent_as(sole_credentials(exchange), Scheme::dpop)) return std::nullopt;
    if (exchange.request.fields.count("DPoP") != 1) return std::nullopt;
    return parse_jwt(request_field(exchange, "DPoP"));
}

struct Flaw {
    std::string_view check{};
    std::string words{};
};

std::string token_hash(std::string_view token) {
    std::array<unsigned char, 32> digest{};
    unsigned size = 0;
    EVP_Digest(token.data(), token.size(), digest.data(), &size, EVP_sha256(), nullptr);
    return base64url_of({reinterpret_cast<const char*>(digest.data()), size});
}

// RFC 9449, 4.3: what is wrong with the proof whatever URL it is for.
std::optional<Flaw> flaw_of_form(const Jwt& proof, std::string_view method) {
    if (proof.flaw == JwtFlaw::alg_missing || proof.flaw == JwtFlaw::alg_none)
        return Flaw{"alg", "it is not signed"};
    if (!proof.readable()) return Flaw{"typ", "it cannot be read as a JWT"};
    if (!iequals(proof.typ, "dpop+jwt"))
        return Flaw{"typ",
                    "its typ is " + (proof.typ.empty() ? "absent" : proof.typ) + ", not dpop+jwt"};
    if (proof.alg.starts_with("HS"))
        return Flaw{"alg", "it is signed with " + proof.alg + ", which is symmetric"};
    if (!proof.has_jwk) return Flaw{"jwk", "its header holds no key"};
    if (proof.jwk_private) return Flaw{"jwk", "its header holds the private key"};
    if (proof.htm != method)
        return Flaw{"htm", "it is for the method " + (proof.htm.empty() ? "(none)" : proof.htm) +
                               ", and the request was " + std::string(method)};
    return std::nullopt;
}

std::optional<Flaw> flaw_of_binding(const Jwt& proof, const Exchange& exchange) {
    if (proof.ath != token_hash(sole_credentials(exchange)->value))
        return Flaw{"ath", proof.ath.empty() ? "it has no ath, the hash of the token"
                                             : "its ath is the hash of another token"};
    if (proof.iat.kind != ClaimKind::number || std::fabs(proof.iat.value) > 1e12)
        return Flaw{"iat", "it has no usable iat"};
    const std::int64_t age =
        unix_seconds(exchange.answered_at) - static_cast<std::int64_t>(proof.iat.value);
    if (age > oldest_proof) return Flaw{"iat", "it is " + std::to_string(age) + " s old"};
    if (-age > oldest_proof)
        return Flaw{"iat", "it is from " + std::to_string(-age) + " s in the future"};
    return std::nullopt;
}

// RFC 9449, 4.3, item 9: compared without query and fragment, scheme and host without case.
std::string normalized(std::string_view url) {
    url = url.substr(0, url.find_first_of("?#"));
    const std::size_t scheme = url.find("://");
    if (scheme == npos) return std::string(url);
    const std::size_t path = url.find('/', scheme + 3);
    std::string origin = lowered(url.substr(0, path));
    if (origin.starts_with("https:") && origin.ends_with(":443")) origin.resize(origin.size() - 4);
    if (origin.starts_with("http:") && origin.ends_with(":80")) origin.resize(origin.size() - 3);
    return origin + (path == npos ? "/" : std::string(url.substr(path)));
}

std::string url_at(std::string_view origin, std::string_view target) {
    if (origin.empty()) return {};
    if (target.find("://") != npos && !target.starts_with('/')) return normalized(target);
    return normalized(std::string(origin) + std::string(target));
}

}  // namespace

std::optional<Evidence> dpop_proof_missing(const Exchange& exchange) {
    const Credentials* const sent = bound_credentials(exchange);
    if (!sent) return std::nullopt;
    const bool has_proof = exchange.request.fields.has("DPoP");
    const bool as_bearer = sent->kind == Scheme::bearer;
    if (has_proof && !as_bearer) return std::nullopt;
    std::vector<Fact> facts{fact("scheme", scheme_name(*sent)), fact("has_dpop", has_proof)};
    if (exchange.jwt) add(facts, "cnf_jkt", exchange.jwt->cnf_jkt);
    return causes::proof(as_bearer ? "a token that is bound to a key (cnf.jkt) was sent as Bearer"
                                   : "the scheme is DPoP, and there is no DPoP field with a proof",
                         std::move(facts));
}

std::optional<Evidence> dpop_proof_invalid(const Exchange& exchange) {
    if (!sent_as(sole_credentials(exchange), Scheme::dpop)) return std::nullopt;
    const std::size_t count = exchange.request.fields.count("DPoP");
    if (count == 0) return std::nullopt;
    if (count > 1)
        return causes::proof("there are " + std::to_string(count) + " DPoP fields where one is due",
                             {fact("check", "count")});
    const std::optional<Jwt> proof = sole_proof(exchange);
    if (!proof) return causes::proof("the DPoP proof is no JWT", {fact("check", "typ")});
    std::optional<Flaw> flaw = flaw_of_form(*proof, exchange.request.method);
    // The URL comes before the hash and the age.
    if (!flaw && !dpop_htu_mismatch(exchange)) flaw = flaw_of_binding(*proof, exchange);
    if (!flaw) return std::nullopt;
    return causes::proof("the DPoP proof does not fit: " + flaw->words,
                         {fact("check", flaw->check)});
}

std::optional<Evidence> dpop_htu_mismatch(const Exchange& exchange) {
    const std::optional<Jwt> proof = sole_proof(exchange);
    if (!proof || !proof->readable()) return std::nullopt;
    const std::string htu = normalized(proof->htu);
    const std::string_view target = exchange.request.target;
    const std::string expected = url_at(exchange.place.upstream_origin, target);
    const std::string seen = url_at(exchange.place.client_origin, target);
    if (htu == expected || (expected.empty() && (seen.empty() || htu == seen))) return std::nullopt;
    // Who sees the client's Host, or is told of it, takes the URL for what the client dialled.
    if (htu == seen && exchange.place.host_passed) return std::nullopt;
    const bool client_facing = htu == seen;
    std::vector<Fact> facts{fact("htu", htu),
                            fact("htu_matches", client_facing ? "client-facing" : "none")};
    add(facts, "seen_url", seen);
    add(facts, "expected_url", expected);
    if (client_facing)
        return shape("the proof is for " + htu + ", and behind this proxy the URL is " + expected,
                     std::move(facts));
    return causes::proof("the proof is for " + (htu.empty() ? std::string("no URL") : htu) +
                             ", and the request went to " + (expected.empty() ? seen : expected),
                         std::move(facts));
}

std::optional<Evidence> dpop_nonce_required(const Exchange& exchange) {
    if (!challenge_with_error(exchange, "use_dpop_nonce")) return std::nullopt;
    const bool given = exchange.response.fields.has("DPoP-Nonce");
    return causes::proof(given ? "the server wants the nonce of its DPoP-Nonce field in the proof"
                               : "the server wants a nonce in the proof, and gave none",
                         {fact("dpop_nonce_present", given)});
}

std::optional<Evidence> certificate_bound_token(const Exchange& exchange) {
    const Jwt* const jwt = readable_jwt(exchange);
    if (!jwt || !jwt->cnf_certificate || acts_as(exchange) != 401) return std::nullopt;
    return guess(
        "the token is bound to a client certificate (cnf.x5t#S256), which may not have "
        "come with the connection that the API saw",
        {fact("cnf", "x5t#S256")});
}

}  // namespace whogoes::rules::causes
