#include "rules/causes/jwt_content.hpp"
#include "rules/causes/login.hpp"
#include "rules/causes/reading.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <string>
#include <utility>

namespace whogoes::rules::causes {
namespace {

constexpr std::int64_t tolerated_skew = 30;
constexpr std::int64_t issuer_may_be_ahead = 300;

struct Clocks {
    std::int64_t ours = 0;
    std::int64_t theirs = 0;  // ours where the answer had no Date
    bool two = false;

    std::int64_t skew() const { return theirs - ours; }
    bool far_apart() const { return std::abs(skew()) > tolerated_skew; }
};

Clocks clocks_of(const Exchange& exchange) {
    Clocks clocks;
    clocks.ours = unix_seconds(exchange.answered_at);
    clocks.two = exchange.upstream_date.has_value();
    clocks.theirs = clocks.two ? unix_seconds(*exchange.upstream_date) : clocks.ours;
    return clocks;
}

// Seconds since 1970; empty: absent, no number or no such time.
std::optional<std::int64_t> time_of(const TimeClaim& claim) {
    if (claim.kind != ClaimKind::number || claim.milliseconds()) return std::nullopt;
    if (std::isnan(claim.value)) return std::nullopt;
    // Beyond any calendar, either way.
    return static_cast<std::int64_t>(std::floor(std::clamp(claim.value, -1e12, 1e12)));
}

struct NamedClaim {
    std::string_view name;
    const TimeClaim* claim;
};
std::array<NamedClaim, 3> time_claims(const Jwt& jwt) {
    return {NamedClaim{"exp", &jwt.exp}, NamedClaim{"nbf", &jwt.nbf}, NamedClaim{"iat", &jwt.iat}};
}

// RFC 7519, 4.1.4: at exp itself it is already too late.
bool is_expired(std::optional<std::int64_t> exp, std::int64_t now) { return exp && *exp <= now; }

void add_clock_facts(std::vector<Fact>& facts, const Clocks& clocks) {
    if (!clocks.two) return;
    facts.push_back(fact("upstream_date", clocks.theirs));
    facts.push_back(fact("skew_s", clocks.skew()));
}

Evidence skewed(const Clocks& clocks, std::string_view claim, std::string_view by_ours,
                std::string_view by_theirs) {
    std::vector<Fact> facts{fact("local_now", clocks.ours)};
    add_clock_facts(facts, clocks);
    facts.push_back(fact("claim", claim));
    return shape("the upstream's clock is " + std::to_string(std::abs(clocks.skew())) + " s " +
                     (clocks.skew() > 0 ? "ahead of" : "behind") + " ours: by ours the token is " +
                     std::string(by_ours) + ", by theirs " + std::string(by_theirs) + " (" +
                     std::string(claim) + ")",
                 std::move(facts));
}

}  // namespace

std::optional<Evidence> exp_not_numeric(const Exchange& exchange) {
    const Jwt* const jwt = readable_jwt(exchange);
    if (!jwt) return std::nullopt;
    const Clocks clocks = clocks_of(exchange);
    for (const NamedClaim& row : time_claims(*jwt)) {
        if (row.claim->kind != ClaimKind::not_a_number) continue;
        // What is null counts as absent; a token that ran out is refused for that.
        if (row.claim->json_type == "null" || is_expired(time_of(jwt->exp), clocks.ours)) continue;
        std::string words = "the claim " + std::string(row.name) + " is a JSON " +
                            row.claim->json_type + " and must be a number";
        std::vector<Fact> facts{fact("claim", row.name), fact("json_type", row.claim->json_type)};
        // Few verifiers look at iat.
        return row.name == "iat" ? shape(std::move(words), std::move(facts))
                                 : proof(std::move(words), std::move(facts));
    }
    return std::nullopt;
}

std::optional<Evidence> exp_in_milliseconds(const Exchange& exchange) {
    const Jwt* const jwt = readable_jwt(exchange);
    if (!jwt) return std::nullopt;
    for (const NamedClaim& row : time_claims(*jwt)) {
        if (!row.claim->milliseconds()) continue;
        const auto value = static_cast<std::int64_t>(std::min(row.claim->value, 9e18));
        std::string as_date = instant(value / 1000);
        std::string words = "the claim " + std::string(row.name) + " is " + std::to_string(value) +
                            ", which is in milliseconds (" + as_date + ") where seconds are due";
        return proof(std::move(words), {fact("claim", row.name), fact("value", value),
                                        fact("as_date", std::move(as_date))});
    }
    return std::nullopt;
}

std::optional<Evidence> clock_skew(const Exchange& exchange) {
    const Jwt* const jwt = readable_jwt(exchange);
    if (!jwt) {
        std::optional<Evidence> early = signed_url_not_begun(exchange);
        return early ? early : told(exchange, "clock-skew");
    }
    if (is_forbidden(exchange)) return std::nullopt;
    const Clocks clocks = clocks_of(exchange);
    const std::optional<std::int64_t> exp = time_of(jwt->exp);
    if (clocks.far_apart() && is_expired(exp, clocks.ours) != is_expired(exp, clocks.theirs))
        return skewed(clocks, "exp", is_expired(exp, clocks.ours) ? "expired" : "valid",
                      is_expired(exp, clocks.theirs) ? "expired" : "valid");
    if (is_expired(exp, std::max(clocks.ours, clocks.theirs))) return std::nullopt;

    const std::array starts{NamedClaim{"nbf", &jwt->nbf}, NamedClaim{"iat", &jwt->iat}};
    for (const NamedClaim& row : starts) {
        const std::optional<std::int64_t> start = time_of(*row.claim);
        if (!start) continue;
        const std::int64_t by_ours = *start - clocks.ours;
        const std::int64_t by_theirs = *start - clocks.theirs;
        if (clocks.far_apart() && (by_ours > 0) != (by_theirs > 0))
            return skewed(clocks, row.name, by_ours > 0 ? "not valid yet" : "valid",
                          by_theirs > 0 ? "not valid yet" : "valid");
    }
    for (const NamedClaim& row : starts) {
        const std::optional<std::int64_t> start = time_of(*row.claim);
        if (!start) continue;
        const std::int64_t ahead = *start - std::max(clocks.ours, clocks.theirs);
        if (ahead <= 0 || ahead > issuer_may_be_ahead) continue;
        std::vector<Fact> facts{fact("local_now", clocks.ours)};
        add_clock_facts(facts, clocks);
        facts.push_back(fact("claim", row.name));
        facts.push_back(fact("ahead_s", ahead));
        return guess("the issuer's clock may run ahead: " + std::string(row.name) + " is " +
                         std::to_string(ahead) + " s in the future",
                     std::move(facts));
    }
    return std::nullopt;
}

namespace {

std::optional<Evidence> said_to_be_expired(const Exchange& exchange) {
    if (!exchange.heard.says("token-expired") || !exchange.carries(Sent::credential))
        return std::nullopt;
    return told(exchange, "token-expired",
                {fact("upstream_text", saying(exchange, "token-expired"))});
}

}  // namespace

std::optional<Evidence> token_expired(const Exchange& exchange) {
    const Jwt* const jwt = readable_jwt(exchange);
    const std::optional<std::int64_t> exp = jwt ? time_of(jwt->exp) : std::nullopt;
    if (!exp) return said_to_be_expired(exchange);
    const Clocks clocks = clocks_of(exchange);
    const bool both = is_expired(exp, clocks.ours) && is_expired(exp, clocks.theirs);
    // Within a few seconds the server's clock decides; further apart it is a skew.
    const bool server_only = !clocks.far_apart() && is_expired(exp, clocks.theirs);
    if (!both && !server_only) {
        // Words about some token, on a route that took this one for good.
        if (exp && !is_expired(exp, clocks.ours) && is_forbidden(exchange)) return std::nullopt;
        return said_to_be_expired(exchange);
    }

    const std::int64_t leeway = exchange.expected->leeway.count();
    const std::int64_t late = clocks.ours - *exp;
    const std::optional<std::int64_t> iat = time_of(jwt->iat);
    std::vector<Fact> facts{fact("exp", *exp), fact("now", clocks.ours), fact("expired_s", late)};
    if (iat) {
        facts.push_back(fact("iat", *iat));
        facts.push_back(fact("lifetime_s", *exp - *iat));
    }
    add_clock_facts(facts, clocks);
    const bool surely = *exp + leeway < std::min(clocks.ours, clocks.theirs);
    std::string words = "exp " + instant(*exp) + " is " +
                        std::to_string(std::max<std::int64_t>(late, 0)) +
                        " s in the past (leeway " + std::to_string(leeway) + " s)";
    return surely ? proof(std::move(words), std::move(facts))
                  : shape(std::move(words), std::move(facts));
}

std::optional<Evidence> token_not_yet_valid(const Exchange& exchange) {
    const Jwt* const jwt = readable_jwt(exchange);
    if (!jwt) return std::nullopt;
    const Clocks clocks = clocks_of(exchange);
    const std::int64_t latest = std::max(clocks.ours, clocks.theirs);
    const std::optional<std::int64_t> nbf = time_of(jwt->nbf);
    const std::optional<std::int64_t> iat = time_of(jwt->iat);
    const bool by_nbf = nbf && *nbf - latest > issuer_may_be_ahead;
    const bool by_iat = iat && *iat - latest > issuer_may_be_ahead;
    if (!by_nbf && !by_iat) return std::nullopt;
    const std::int64_t start = by_nbf ? *nbf : *iat;
    std::vector<Fact> facts{fact("ahead_s", start - clocks.ours)};
    if (nbf) facts.push_back(fact("nbf", *nbf));
    if (iat) facts.push_back(fact("iat", *iat));
    std::string words = std::string(by_nbf ? "nbf " : "iat ") + instant(start) + " is " +
                        std::to_string(start - clocks.ours) + " s in the future";
    // Only some servers look at iat.
    return by_nbf ? proof(std::move(words), std::move(facts))
                  : shape(std::move(words), std::move(facts));
}

}  // namespace whogoes::rules::causes
