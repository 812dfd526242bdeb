#include "rules/causes/flow.hpp"

#include "rules/causes/reading.hpp"
#include "rules/compliance/readings.hpp"
#include "rules/text.hpp"

#include <cmath>
#include <utility>

namespace whogoes::rules::causes {
namespace {

constexpr int storm = 5;
constexpr int vain = 3;  // renewals in a row of which each was followed by a 401

std::string_view grant_type(const Exchange& exchange) {
    return compliance::form_value(exchange.request.form_body, "grant_type").value_or("");
}

// A call that trades an authorization code, in a form or, where a server takes it, in JSON.
bool trades_code(const Exchange& exchange) {
    if (grant_type(exchange) == "authorization_code") return true;
    return exchange.request.json_body.find("\"authorization_code\"") != npos &&
           compliance::is_token_endpoint(exchange);
}

// What the answer says of such a call. A system that was recognised knows its own endpoint, which
// may want no grant_type.
std::optional<Evidence> told_of_code(const Exchange& exchange, std::string_view id) {
    const Told* const told = exchange.heard.told_of(id);
    if (!told || (!trades_code(exchange) && !told->by_system())) return std::nullopt;
    return causes::told(exchange, id, {fact("endpoint", exchange.request.path)});
}

bool rejects_client(std::string_view error) {
    return error == "invalid_client" || error == "unauthorized_client";
}

// RFC 6749, 5.2 has invalid_grant for it, and some servers say unauthorized_client, which leaves it
// to the words.
bool blames_refresh_token(const Exchange& exchange) {
    return exchange.heard.error_code == "unauthorized_client" &&
           exchange.heard.says("refresh-failed");
}

std::int64_t whole_seconds(Milliseconds ago) { return std::int64_t{ago.count() / 1000}; }

// Seconds until exp; empty: no such claim.
std::optional<std::int64_t> expires_in(const Exchange& exchange) {
    const Jwt* const jwt = readable_jwt(exchange);
    if (!jwt || jwt->exp.kind != ClaimKind::number || std::fabs(jwt->exp.value) > 1e12)
        return std::nullopt;
    return static_cast<std::int64_t>(jwt->exp.value) - unix_seconds(exchange.answered_at);
}

std::vector<std::string> checks_done(const Exchange& exchange) {
    std::vector<std::string> done;
    const Jwt* const jwt = readable_jwt(exchange);
    if (!jwt) return done;
    const Expectations& expected = *exchange.expected;
    done.emplace_back("structure");
    if (jwt->exp.kind == ClaimKind::number) done.emplace_back("exp");
    if (jwt->nbf.kind == ClaimKind::number) done.emplace_back("nbf");
    if (!expected.token_type.empty()) done.emplace_back("typ");
    if (!expected.issuer.empty()) done.emplace_back("iss");
    if (!expected.audiences.empty()) done.emplace_back("aud");
    if (exchange.signature == Signature::verified) done.emplace_back("signature");
    return done;
}

}  // namespace

std::optional<Evidence> refresh_client_rejected(const Exchange& exchange) {
    const int status = exchange.response.status;
    if (status != 400 && status != 401 && status != 403) return std::nullopt;
    if (!compliance::is_token_endpoint(exchange)) return std::nullopt;
    const std::string& error = exchange.heard.error_code;
    if (blames_refresh_token(exchange)) return std::nullopt;
    if (rejects_client(error))
        return proof("the token endpoint answered " + error, {fact("error", error)});
    if (std::optional<Evidence> said = told(exchange, "refresh-client-rejected")) return said;
    // RFC 6749, 5.2: a token endpoint says 401 only when it does not know the client.
    if (status != 401 || compliance::is_refresh_call(exchange) ||
        grant_type(exchange) == "password" || error == "invalid_grant")
        return std::nullopt;
    return shape("the token endpoint answered 401, which it does when it refuses the client",
                 {fact("error", error)});
}

std::optional<Evidence> refresh_failed(const Exchange& exchange) {
    const int status = exchange.response.status;
    if (status != 400 && status != 401 && status != 403) return std::nullopt;
    if (!compliance::is_refresh_call(exchange)) return std::nullopt;
    const std::string& error = exchange.heard.error_code;
    const bool told_so = exchange.heard.says("refresh-failed");
    if (rejects_client(error) && !blames_refresh_token(exchange)) return std::nullopt;
    if (status != 401 && error != "invalid_grant" && !told_so) return std::nullopt;
    // What asks for something more, or blames the client, is no end of the session.
    for (const std::string_view other :
         {"dpop-nonce-required", "step-up-required", "claims-challenge", "rate-limited",
          "refresh-client-rejected"})
        if (exchange.heard.says(other)) return std::nullopt;
    std::vector<Fact> facts{fact("endpoint", exchange.request.path)};
    add(facts, "grant_type", grant_type(exchange).substr(0, 40));
    add(facts, "error", error);
    return proof("the call that should renew the token was answered " + std::to_string(status) +
                     (error.empty() ? "" : " " + error),
                 std::move(facts));
}

std::optional<Evidence> pkce_failed(const Exchange& exchange) {
    return told_of_code(exchange, "pkce-failed");
}

std::optional<Evidence> redirect_uri_mismatch(const Exchange& exchange) {
    return told_of_code(exchange, "redirect-uri-mismatch");
}

std::optional<Evidence> code_exchange_failed(const Exchange& exchange) {
    const int status = exchange.response.status;
    const std::string& error = exchange.heard.error_code;
    if (error != "invalid_grant" || !trades_code(exchange) ||
        (status != 400 && status != 401 && status != 403))
        return told_of_code(exchange, "code-exchange-failed");
    if (pkce_failed(exchange) || redirect_uri_mismatch(exchange)) return std::nullopt;
    std::vector<Fact> facts{fact("endpoint", exchange.request.path), fact("error", error)};
    std::string words = "the token endpoint answered invalid_grant to an authorization code";
    // Its own words may name a reason that nobody here knows.
    const std::string_view own = exchange.heard.unheard();
    return own.empty() || own == error ? proof(std::move(words), std::move(facts))
                                       : shape(std::move(words), std::move(facts));
}

std::optional<Evidence> replay_still_unauthorized(const Exchange& exchange) {
    if (outcome_of(exchange) != 401) return std::nullopt;
    const int renewals = exchange.recollection.vain_renewals;
    if (!exchange.replay_of && renewals >= vain)
        return shape("the client renewed its token " + std::to_string(renewals) +
                         " times, and each time the API refused what it sent next",
                     {fact("status", 401), fact("renewals", renewals)});
    if (!exchange.replay_of || !exchange.replay_of->refreshed) return std::nullopt;
    std::vector<Fact> facts{fact("status", 401)};
    add(facts, "fp_old", exchange.replay_of->rejected_fingerprint);
    return proof("the token was renewed, and the API refuses the new one as well",
                 std::move(facts));
}

std::optional<Evidence> stale_token_race(const Exchange& exchange) {
    const auto& newer = exchange.recollection.newer_token_accepted_ago;
    if (!newer || acts_as(exchange) != 401) return std::nullopt;
    std::vector<Fact> facts{fact("newer_age_s", whole_seconds(*newer)), fact("sub_match", true)};
    add(facts, "fp_newer", exchange.recollection.newer_token_fingerprint);
    return shape("a newer token of the same user was accepted " +
                     std::to_string(whole_seconds(*newer)) + " s ago",
                 std::move(facts));
}

std::optional<Evidence> repeated_rejected_credential(const Exchange& exchange) {
    const int count = exchange.recollection.refused_in_30s + 1;
    if (outcome_of(exchange) != 401 || count < storm) return std::nullopt;
    if (!exchange.carries(Sent::credential) && credential_absent(exchange)) return std::nullopt;
    return proof("the same credential was refused " + std::to_string(count) + " times within 30 s",
                 {fact("count", count),
                  fact("window_s", whole_seconds(exchange.recollection.refused_window))});
}

std::optional<Evidence> revoked_or_logged_out(const Exchange& exchange) {
    if (acts_as(exchange) != 401) return std::nullopt;
    const bool verified = exchange.signature == Signature::verified;
    const Recollection& known = exchange.recollection;
    const auto& accepted = known.credential_accepted_ago ? known.credential_accepted_ago
                                                         : known.credential_accepted_elsewhere_ago;
    const bool said =
        exchange.heard.says("revoked-or-logged-out") && exchange.carries(Sent::credential);
    if ((!verified && !accepted && !said) || (sole_token(exchange).empty() && !said))
        return std::nullopt;
    std::vector<Fact> facts{fact("checks_done", checks_done(exchange))};
    if (said && !accepted) return told(exchange, "revoked-or-logged-out", std::move(facts));
    if (const auto in = expires_in(exchange)) facts.push_back(fact("exp_in_s", *in));
    if (accepted) facts.push_back(fact("last_accepted_age_s", whole_seconds(*accepted)));
    std::string words = accepted ? "the same token was accepted " +
                                       std::to_string(whole_seconds(*accepted)) + " s ago"
                                 : "the signature verifies and no local check fails";
    return shape(words + ", and now it is refused", std::move(facts));
}

std::optional<Evidence> token_rejected_unknown(const Exchange& exchange) {
    const Told* const word = exchange.heard.told_of("token-rejected-unknown");
    if (is_forbidden(exchange) && word && !word->saying->weak)
        return told(exchange, "token-rejected-unknown");
    std::vector<Fact> facts;
    if (const Jwt* const jwt = readable_jwt(exchange)) {
        add(facts, "alg", jwt->alg);
        add(facts, "iss_host", host_of(jwt->iss));
        if (const auto in = expires_in(exchange)) facts.push_back(fact("exp_in_s", *in));
        return guess(
            "the token is well-formed and unexpired; it may be revoked, for another API, "
            "or signed with another key",
            std::move(facts));
    }
    return guess("a credential was refused, and what is wrong with it may only be known upstream",
                 std::move(facts));
}

}  // namespace whogoes::rules::causes
