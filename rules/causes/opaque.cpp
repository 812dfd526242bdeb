#include "rules/causes/opaque.hpp"

#include "rules/causes/reading.hpp"
#include "rules/prefixes.hpp"
#include "rules/text.hpp"

#include <utility>

namespace whogoes::rules::causes {
namespace {

// What may be shown of an opaque token: a published prefix, or what says live or test.
std::string_view shown_prefix(std::string_view token) {
    if (const TokenPrefix* const known = known_prefix(token)) return known->prefix;
    const std::string_view environment = environment_of(token);
    if (environment.empty()) return {};
    return token.substr(0, token.find(environment) + environment.size() + 1);
}

}  // namespace

std::optional<Evidence> opaque_wrong_environment(const Exchange& exchange) {
    if (!has_opaque_token(exchange)) return std::nullopt;
    const std::string_view token = sole_token(exchange);
    const std::string_view environment = environment_of(token);
    const std::string& wanted = exchange.expected->environment;
    std::vector<Fact> facts;
    add(facts, "prefix", shown_prefix(token));
    add(facts, "environment", environment);
    if (!environment.empty() && !wanted.empty() && !iequals(environment, wanted))
        return shape("the token is of the " + std::string(environment) +
                         " environment, and this API is " + wanted,
                     std::move(facts));
    std::optional<Evidence> said = told(exchange, "opaque-wrong-environment", std::move(facts));
    if (said && !environment.empty())
        said->words =
            "the token is of the " + std::string(environment) + " environment, and " + said->words;
    return said;
}

namespace {

// What came as a token in Authorization: in a field of the provider's own nobody mixed it up.
const TokenPrefix* prefix_in_authorization(const Exchange& exchange) {
    if (exchange.credentials.empty() || !has_opaque_token(exchange)) return nullptr;
    return known_prefix(sole_token(exchange));
}

// A stand-in, a mock or a gateway: an address, or a name without a dot.
bool is_local(std::string_view host) {
    if (host.find(':') != npos || host.find('.') == npos) return true;
    if (host.find_first_not_of("0123456789.") == npos) return true;
    for (const std::string_view end : {".localhost", ".local", ".internal", ".svc"})
        if (host.ends_with(end)) return true;
    return false;
}

// The answer gave the provider away, whatever the host is called.
bool is_recognised(const Exchange& exchange, std::string_view provider) {
    const std::string_view name = provider.substr(0, provider.find(' '));
    for (const Dialect* const system : exchange.heard.systems)
        if (istarts_with(system->name, name)) return true;
    return false;
}

bool is_elsewhere(const TokenPrefix& known, const Exchange& exchange, std::string_view host) {
    if (host.empty() || is_local(host)) return false;
    if (is_host_of(known.provider, host) || is_recognised(exchange, known.provider)) return false;
    if (is_known_host(host)) return true;
    // A gateway of any name may take the provider's keys, and here it has a field for keys or
    // speaks of them.
    if (known.kind == TokenKind::api_key &&
        (exchange.credentials.empty() || exchange.heard.says("api-key-invalid")))
        return false;
    if (!known.installed) return true;
    // Of an installation, only its paths are known.
    for (const std::string_view path : known.paths)
        if (exchange.request.path.find(path) != npos) return false;
    return !known.paths.empty();
}

// "…, as publishable keys of Stripe do"
std::string_view plural(TokenKind kind) {
    switch (kind) {
        case TokenKind::client_secret:
            return "client secrets";
        case TokenKind::webhook_secret:
            return "webhook secrets";
        case TokenKind::publishable_key:
            return "publishable keys";
        default:
            return "tokens";
    }
}

std::string begins_with(const TokenPrefix& known) {
    return "begins with " + std::string(known.prefix) + ", as " + std::string(plural(known.kind)) +
           " of " + std::string(known.provider) + " do";
}

std::vector<Fact> facts_of(const TokenPrefix& known) {
    return {fact("prefix", known.prefix), fact("provider", known.provider)};
}

// The one token or key of the request; empty: none.
std::string_view sole_key(const Exchange& exchange) {
    const std::string_view token = sole_token(exchange);
    if (!token.empty() || !exchange.credentials.empty()) return token;
    const Carried* const key = api_key(exchange);
    return key ? key->value : std::string_view();
}

}  // namespace

std::optional<Evidence> publishable_key_used(const Exchange& exchange) {
    const TokenPrefix* const known = known_prefix(sole_key(exchange));
    if (!known || known->kind != TokenKind::publishable_key) {
        if (!exchange.carries(Sent::credential)) return std::nullopt;
        return told(exchange, "publishable-key-used");
    }
    std::string words = "the key " + begins_with(*known);
    if (std::optional<Evidence> said = told(exchange, "publishable-key-used", facts_of(*known))) {
        said->words = std::move(words) + ", and " + said->words;
        return said;
    }
    // One of another provider is no use there, be it public or secret.
    const std::string host = host_of(exchange.place.upstream_origin);
    if (is_known_host(host) && !is_host_of(known->provider, host)) return std::nullopt;
    return shape(std::move(words) + ": it is no secret, and proves nobody's right",
                 facts_of(*known));
}

std::optional<Evidence> opaque_wrong_provider(const Exchange& exchange) {
    const TokenPrefix* const known = exchange.credentials.empty()
                                         ? known_prefix(sole_key(exchange))
                                         : prefix_in_authorization(exchange);
    // Whoever verifies what is delivered has the secret, on any host.
    if (!known || known->kind == TokenKind::webhook_secret) return std::nullopt;
    std::string host = host_of(exchange.place.upstream_origin);
    if (!is_elsewhere(*known, exchange, host)) return std::nullopt;
    std::vector<Fact> facts = facts_of(*known);
    facts.push_back(fact("upstream_host", host));
    return shape("a token of " + std::string(known->provider) + " (" + std::string(known->prefix) +
                     "…) was sent to " + host,
                 std::move(facts));
}

std::optional<Evidence> opaque_token_rejected(const Exchange& exchange) {
    // Figma, Databricks and others say 403 of a token that they do not know.
    if (is_forbidden(exchange)) return told(exchange, "opaque-token-rejected");
    if (acts_as(exchange) != 401 && acts_as(exchange) != 400) return std::nullopt;
    if (!has_opaque_token(exchange)) return std::nullopt;
    const std::string_view token = sole_token(exchange);
    std::vector<Fact> facts;
    add(facts, "prefix", shown_prefix(token));
    facts.push_back(fact("length", token.size()));
    const TokenPrefix* const known = known_prefix(token);
    if (known && known->kind == TokenKind::client_secret)
        return shape("the token " + begins_with(*known) +
                         ": that is for the token endpoint, and no API takes it",
                     std::move(facts));
    if (known && known->kind == TokenKind::webhook_secret)
        return shape("the token " + begins_with(*known) +
                         ": that verifies what is delivered, and no API takes it",
                     std::move(facts));
    return guess(
        "an opaque token was refused; it may be revoked, expired or for another API, "
        "which only its issuer can tell",
        std::move(facts));
}

}  // namespace whogoes::rules::causes
