#include "rules/causes/jwt_content.hpp"

#include "rules/causes/reading.hpp"
#include "rules/prefixes.hpp"
#include "rules/text.hpp"

#include <algorithm>
#include <array>
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

// Audiences that name one API and no other, whoever the client is. A token for it is of no use
// elsewhere: Microsoft signs one for Graph so that Graph alone can verify it.
struct NamedAudience {
    std::string_view begin, end;  // what the audience begins and ends with; no end: it is all of it
    std::string_view api;
    std::string_view host;  // where the API answers: this, or what ends with "." and this
};

constexpr std::array named_audiences{
    NamedAudience{"00000003-0000-0000-c000-000000000000", "", "Microsoft Graph", "microsoft.com"},
    NamedAudience{"https://graph.microsoft.com", "", "Microsoft Graph", "microsoft.com"},
    NamedAudience{"https://graph.microsoft.com/", "", "Microsoft Graph", "microsoft.com"},
    NamedAudience{"https://management.azure.com", "", "Azure Resource Manager", "azure.com"},
    NamedAudience{"https://management.azure.com/", "", "Azure Resource Manager", "azure.com"},
    NamedAudience{"https://management.core.windows.net/", "", "Azure Resource Manager",
                  "azure.com"},
    NamedAudience{"https://", ".auth0.com/api/v2/", "Auth0's Management API", "auth0.com"},
    NamedAudience{"https://", ".auth0.com/userinfo", "Auth0's userinfo", "auth0.com"},
};

const NamedAudience* named(std::string_view audience) {
    for (const NamedAudience& one : named_audiences)
        if (one.end.empty() ? audience == one.begin
                            : audience.starts_with(one.begin) && audience.ends_with(one.end))
            return &one;
    return nullptr;
}

// The API that each of the token's audiences names, where it is not the one that was asked.
const NamedAudience* meant_elsewhere(const Exchange& exchange, const Jwt& jwt) {
    const NamedAudience* found = nullptr;
    const std::string host = host_of(exchange.place.upstream_origin);
    for (const std::string& audience : jwt.aud) {
        found = named(audience);
        if (!found || host == found->host || host.ends_with("." + std::string(found->host)))
            return nullptr;
        // A stand-in or a gateway speaks as the API itself does.
        for (const Dialect* const system : exchange.heard.systems)
            if (istarts_with(system->name, found->api.substr(0, found->api.find('\''))))
                return nullptr;
    }
    return found;
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

// Words are about the token only where one came.
std::optional<Evidence> told_of_token(const Exchange& exchange, std::string_view cause,
                                      std::vector<Fact> facts) {
    if (sole_token(exchange).empty()) return std::nullopt;
    return told(exchange, cause, std::move(facts));
}

}  // namespace

std::optional<Evidence> refresh_token_as_access_token(const Exchange& exchange) {
    if (const Jwt* const jwt = readable_jwt(exchange)) {
        const bool refresh =
            iequals(jwt->typ_claim, "refresh") || iequals(jwt->token_use, "refresh");
        if (!refresh) return told_of_token(exchange, "refresh-token-as-access-token", {});
        const std::string& type =
            iequals(jwt->typ_claim, "refresh") ? jwt->typ_claim : jwt->token_use;
        return proof("the token says of itself that it is a refresh token (" + type + ")",
                     {fact("typ", type), fact("token_type", type)});
    }
    const TokenPrefix* const known = known_prefix(sole_token(exchange));
    if (!known || known->kind != TokenKind::refresh_token)
        return told_of_token(exchange, "refresh-token-as-access-token", {});
    return proof("the token begins with " + std::string(known->prefix) + ", as refresh tokens of " +
                     std::string(known->provider) + " do",
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
    if (says_so) return proof("the token says of itself that it is an ID token", std::move(facts));
    std::string words =
        "the token has what an ID token has (at_hash, nonce or auth_time) and no scope";
    if (audience_differs(exchange, *jwt))
        return proof(words + ", and it is for " + joined(jwt->aud), std::move(facts));
    return shape(std::move(words), std::move(facts));
}

std::optional<Evidence> insufficient_scope(const Exchange& exchange) {
    const Challenge* const asked = challenge_with_error(exchange, "insufficient_scope");
    const bool forbidden = is_forbidden(exchange);
    if (!asked && !forbidden && !exchange.heard.says("insufficient-scope")) return std::nullopt;
    const Jwt* const jwt = readable_jwt(exchange);
    const std::vector<std::string> required =
        asked ? owned(words_of(asked->value_of("scope"))) : exchange.expected->scopes;
    std::vector<std::string> missing;
    for (const std::string& scope : required)
        if (jwt && !contains(jwt->scopes, scope)) missing.push_back(scope);
    std::vector<Fact> facts;
    if (jwt) facts.push_back(fact("scope", jwt->scopes));
    if (!required.empty()) facts.push_back(fact("required_scope", required));
    if (!missing.empty()) facts.push_back(fact("missing", missing));
    if (asked) {
        std::string words = "the challenge says insufficient_scope";
        if (!required.empty()) words += " and asks for " + joined(required);
        if (!missing.empty()) words += "; the token lacks " + joined(missing);
        return proof(std::move(words), std::move(facts));
    }
    if (!missing.empty() && forbidden)
        return shape(
            "the token lacks the scope " + joined(missing) + " that is configured for this API",
            std::move(facts));
    if (!exchange.carries(Sent::credential)) return std::nullopt;
    return told(exchange, "insufficient-scope", std::move(facts));
}

std::optional<Evidence> step_up_required(const Exchange& exchange) {
    const Challenge* const asked =
        challenge_with_error(exchange, "insufficient_user_authentication");
    if (!asked) return told(exchange, "step-up-required");
    std::vector<Fact> facts;
    if (const Jwt* const jwt = readable_jwt(exchange)) {
        add(facts, "acr", jwt->acr);
        if (jwt->auth_time.kind == ClaimKind::number && jwt->auth_time.value < 1e12 &&
            jwt->auth_time.value > -1e12)
            facts.push_back(fact("auth_time", static_cast<std::int64_t>(jwt->auth_time.value)));
    }
    add(facts, "acr_values", asked->value_of("acr_values"));
    add(facts, "max_age", asked->value_of("max_age"));
    return proof("the challenge asks for a stronger or more recent login (RFC 9470)",
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
    return proof("the header's typ is " + (jwt->typ.empty() ? std::string("absent") : jwt->typ) +
                     ", and " + wanted + " is configured",
                 {fact("typ", jwt->typ), fact("expected_typ", wanted)});
}

std::optional<Evidence> wrong_issuer(const Exchange& exchange) {
    const Jwt* const jwt = readable_jwt(exchange);
    const std::string& wanted = exchange.expected->issuer;
    if (jwt && !wanted.empty() && jwt->iss != wanted) {
        const std::string_view difference = issuer_difference(jwt->iss, wanted);
        return proof(
            "the token is from " + (jwt->iss.empty() ? std::string("no issuer") : jwt->iss) +
                ", and " + wanted + " is configured (" + std::string(difference) + ")",
            {fact("iss", jwt->iss), fact("expected_iss", wanted), fact("diff_hint", difference)});
    }
    std::vector<Fact> facts;
    if (jwt) add(facts, "iss", jwt->iss);
    return told_of_token(exchange, "wrong-issuer", std::move(facts));
}

std::optional<Evidence> wrong_audience(const Exchange& exchange) {
    const Jwt* const jwt = readable_jwt(exchange);
    if (jwt && audience_differs(exchange, *jwt))
        return proof("the token is for " + joined(jwt->aud) + ", and " +
                         joined(exchange.expected->audiences) + " is configured",
                     {fact("aud", jwt->aud), fact("expected_aud", exchange.expected->audiences)});
    std::vector<Fact> facts;
    if (jwt) facts.push_back(fact("aud", jwt->aud));
    std::optional<Evidence> said = told_of_token(exchange, "wrong-audience", facts);
    if (said || !jwt || acts_as(exchange) != 401) return said;
    const NamedAudience* const other = meant_elsewhere(exchange, *jwt);
    if (!other) return std::nullopt;
    return shape(
        "the token is for " + std::string(other->api) + " alone, and another API was asked",
        std::move(facts));
}

std::optional<Evidence> wrong_authorized_party(const Exchange& exchange) {
    const Expectations& expected = *exchange.expected;
    const Jwt* const jwt = readable_jwt(exchange);
    if (!jwt || (expected.tenant.empty() && expected.authorized_parties.empty()))
        return told_of_token(exchange, "wrong-authorized-party", {});
    const std::string& party = jwt->azp.empty() ? jwt->client_id : jwt->azp;
    std::vector<Fact> facts;
    add(facts, "azp", jwt->azp);
    add(facts, "client_id", jwt->client_id);
    add(facts, "tid", jwt->tid);
    if (!expected.tenant.empty() && !jwt->tid.empty() && jwt->tid != expected.tenant)
        return proof(
            "the token is of tenant " + jwt->tid + ", and " + expected.tenant + " is configured",
            std::move(facts));
    if (!expected.authorized_parties.empty() && !party.empty() &&
        !contains(expected.authorized_parties, party))
        return proof("the token was issued to the client " + party + ", which is not allowed here",
                     std::move(facts));
    return told_of_token(exchange, "wrong-authorized-party", std::move(facts));
}

}  // namespace whogoes::rules::causes
