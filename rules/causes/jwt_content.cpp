#include "rules/causes/jwt_content.hpp"

#include "rules/causes/reading.hpp"
#include "rules/prefixes.hpp"
#include "rules/text.hpp"

#include <algorithm>
#include <utility>

namespace whogoes::rules::causes {
namespace {

bool contains(const std::vector<std::string>& list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

bool audience_differs(const Exchange& exchange, const Jwt& jwt) {
    const std::vector<std::string>& wanted = exchange.expected->audiences;
    if (wanted.empty()) return false;
    for (const std::string& audience : jwt.aud)
        if (contains(wanted, audience)) return false;
    return true;
}

std::string joined(const std::vector<std::string>& words) {
    if (words.empty()) return "nothing";
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
    return text;
}

std::vector<std::string> owned(const std::vector<std::string_view>& words) {
    return {words.begin(), words.end()};
}

// Wording is about the token only where one came.
bool says_of_token(const Exchange& exchange, Wording wording) {
    return exchange.heard.says(wording) && !sole_token(exchange).empty();
}

}  // namespace

std::optional<Evidence> refresh_token_as_access_token(const Exchange& exchange) {
    if (const Jwt* const jwt = readable_jwt(exchange)) {
        const bool refresh =
            iequals(jwt->typ_claim, "refresh") || iequals(jwt->token_use, "refresh");
        if (!refresh) return std::nullopt;
        const std::string& type =
            iequals(jwt->typ_claim, "refresh") ? jwt->typ_claim : jwt->token_use;
        return certain("the token says of itself that it is a refresh token (" + type + ")",
                       {fact("typ", type), fact("token_type", type)});
    }
    const TokenPrefix* const known = known_prefix(sole_token(exchange));
    if (!known || !known->refresh) return std::nullopt;
    return certain("the token begins with " + std::string(known->prefix) +
                       ", as refresh tokens of " + std::string(known->provider) + " do",
                   {fact("token_type", "refresh"), fact("prefix", known->prefix)});
}

std::optional<Evidence> id_token_as_access_token(const Exchange& exchange) {
    const Jwt* const jwt = readable_jwt(exchange);
    if (!jwt) return std::nullopt;
    const bool says_so = iequals(jwt->typ_claim, "ID") || iequals(jwt->token_use, "id");
    // OpenID Connect Core 1.0, 2: what only an ID token has.
    const bool for_its_client = jwt->auth_time.kind != ClaimKind::absent && !jwt->azp.empty() &&
                                contains(jwt->aud, jwt->azp);
    const bool looks_so = jwt->has_at_hash || jwt->has_c_hash || jwt->has_nonce || for_its_client;
    if (!says_so && (!looks_so || jwt->has_scope)) return std::nullopt;
    std::vector<Fact> facts{fact("aud", jwt->aud), fact("nonce", jwt->has_nonce),
                            fact("at_hash", jwt->has_at_hash)};
    add(facts, "azp", jwt->azp);
    add(facts, "typ", jwt->typ_claim);
    if (says_so)
        return certain("the token says of itself that it is an ID token", std::move(facts));
    std::string words =
        "the token has what an ID token has (at_hash, nonce or auth_time) and no scope";
    if (audience_differs(exchange, *jwt))
        return certain(words + ", and it is for " + joined(jwt->aud), std::move(facts));
    return likely(std::move(words), std::move(facts));
}

std::optional<Evidence> insufficient_scope(const Exchange& exchange) {
    const Challenge* const told = challenge_with_error(exchange, "insufficient_scope");
    const bool forbidden = is_forbidden(exchange);
    if (!told && !forbidden) return std::nullopt;
    const Jwt* const jwt = readable_jwt(exchange);
    const std::vector<std::string> required =
        told ? owned(words_of(told->value_of("scope"))) : exchange.expected->scopes;
    std::vector<std::string> missing;
    for (const std::string& scope : required)
        if (jwt && !contains(jwt->scopes, scope)) missing.push_back(scope);
    std::vector<Fact> facts;
    if (jwt) facts.push_back(fact("scope", jwt->scopes));
    if (!required.empty()) facts.push_back(fact("required_scope", required));
    if (!missing.empty()) facts.push_back(fact("missing", missing));
    if (told) {
        std::string words = "the challenge says insufficient_scope";
        if (!required.empty()) words += " and asks for " + joined(required);
        if (!missing.empty()) words += "; the token lacks " + joined(missing);
        return certain(std::move(words), std::move(facts));
    }
    if (!missing.empty())
        return likely(
            "the token lacks the scope " + joined(missing) + " that is configured for this API",
            std::move(facts));
    const bool says = exchange.heard.says(Wording::scope) && !credential_absent(exchange);
    if (!says) return std::nullopt;
    return likely("the upstream says " + saying(exchange, Wording::scope), std::move(facts));
}

std::optional<Evidence> step_up_required(const Exchange& exchange) {
    const Challenge* const told =
        challenge_with_error(exchange, "insufficient_user_authentication");
    if (!told) return std::nullopt;
    std::vector<Fact> facts;
    if (const Jwt* const jwt = readable_jwt(exchange)) {
        add(facts, "acr", jwt->acr);
        if (jwt->auth_time.kind == ClaimKind::number && jwt->auth_time.value < 1e12 &&
            jwt->auth_time.value > -1e12)
            facts.push_back(fact("auth_time", static_cast<std::int64_t>(jwt->auth_time.value)));
    }
    add(facts, "acr_values", told->value_of("acr_values"));
    add(facts, "max_age", told->value_of("max_age"));
    return certain("the challenge asks for a stronger or more recent login (RFC 9470)",
                   std::move(facts));
}

namespace {

std::string_view without_application(std::string_view type) {
    return istarts_with(type, "application/") ? type.substr(12) : type;
}

// Which part differs first, in the order in which people look.
std::string_view issuer_difference(std::string_view sent, std::string_view wanted) {
    const auto without_slash = [](std::string_view url) {
        return url.ends_with('/') ? url.substr(0, url.size() - 1) : url;
    };
    if (without_slash(sent) == without_slash(wanted)) return "trailing slash";
    const std::size_t sent_scheme = sent.find("://");
    const std::size_t wanted_scheme = wanted.find("://");
    if (sent_scheme == npos || wanted_scheme == npos) return "host";
    if (!iequals(sent.substr(0, sent_scheme), wanted.substr(0, wanted_scheme))) return "scheme";
    sent.remove_prefix(sent_scheme + 3);
    wanted.remove_prefix(wanted_scheme + 3);
    const bool same_host =
        iequals(sent.substr(0, sent.find('/')), wanted.substr(0, wanted.find('/')));
    return same_host ? "path" : "host";
}

}  // namespace

std::optional<Evidence> wrong_token_typ(const Exchange& exchange) {
    const std::string& wanted = exchange.expected->token_type;
    if (wanted.empty()) return std::nullopt;
    const Jwt* const jwt = readable_jwt(exchange);
    if (!jwt || iequals(without_application(jwt->typ), without_application(wanted)))
        return std::nullopt;
    return certain("the header's typ is " + (jwt->typ.empty() ? std::string("absent") : jwt->typ) +
                       ", and " + wanted + " is configured",
                   {fact("typ", jwt->typ), fact("expected_typ", wanted)});
}

std::optional<Evidence> wrong_issuer(const Exchange& exchange) {
    const Jwt* const jwt = readable_jwt(exchange);
    const std::string& wanted = exchange.expected->issuer;
    if (jwt && !wanted.empty() && jwt->iss != wanted) {
        const std::string_view difference = issuer_difference(jwt->iss, wanted);
        return certain(
            "the token is from " + (jwt->iss.empty() ? std::string("no issuer") : jwt->iss) +
                ", and " + wanted + " is configured (" + std::string(difference) + ")",
            {fact("iss", jwt->iss), fact("expected_iss", wanted), fact("diff_hint", difference)});
    }
    if (is_forbidden(exchange) || !says_of_token(exchange, Wording::issuer)) return std::nullopt;
    std::vector<Fact> facts;
    if (jwt) add(facts, "iss", jwt->iss);
    return likely("the upstream says " + saying(exchange, Wording::issuer), std::move(facts));
}

std::optional<Evidence> wrong_audience(const Exchange& exchange) {
    const Jwt* const jwt = readable_jwt(exchange);
    if (jwt && audience_differs(exchange, *jwt))
        return certain("the token is for " + joined(jwt->aud) + ", and " +
                           joined(exchange.expected->audiences) + " is configured",
                       {fact("aud", jwt->aud), fact("expected_aud", exchange.expected->audiences)});
    if (!says_of_token(exchange, Wording::audience)) return std::nullopt;
    std::vector<Fact> facts;
    if (jwt) facts.push_back(fact("aud", jwt->aud));
    return likely("the upstream says " + saying(exchange, Wording::audience), std::move(facts));
}

std::optional<Evidence> wrong_authorized_party(const Exchange& exchange) {
    const Expectations& expected = *exchange.expected;
    if (expected.tenant.empty() && expected.authorized_parties.empty()) return std::nullopt;
    const Jwt* const jwt = readable_jwt(exchange);
    if (!jwt) return std::nullopt;
    const std::string& party = jwt->azp.empty() ? jwt->client_id : jwt->azp;
    std::vector<Fact> facts;
    add(facts, "azp", jwt->azp);
    add(facts, "client_id", jwt->client_id);
    add(facts, "tid", jwt->tid);
    if (!expected.tenant.empty() && !jwt->tid.empty() && jwt->tid != expected.tenant)
        return certain(
            "the token is of tenant " + jwt->tid + ", and " + expected.tenant + " is configured",
            std::move(facts));
    if (!expected.authorized_parties.empty() && !party.empty() &&
        !contains(expected.authorized_parties, party))
        return certain(
            "the token was issued to the client " + party + ", which is not allowed here",
            std::move(facts));
    return std::nullopt;
}

}  // namespace whogoes::rules::causes
