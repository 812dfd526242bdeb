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

std::optional<Evidence> opaque_wrong_provider(const Exchange& exchange) {
    if (!has_opaque_token(exchange)) return std::nullopt;
    const TokenPrefix* const known = known_prefix(sole_token(exchange));
    if (!known) return std::nullopt;
    const std::string host = host_of(exchange.place.upstream_origin);
    if (host.empty() || is_host_of(known->provider, host)) return std::nullopt;
    return shape("a token of " + std::string(known->provider) + " (" + std::string(known->prefix) +
                      "…) was sent to " + host,
                  {fact("prefix", known->prefix), fact("provider", known->provider),
                   fact("upstream_host", host)});
}

std::optional<Evidence> opaque_token_rejected(const Exchange& exchange) {
    if (acts_as(exchange) != 401 && acts_as(exchange) != 400) return std::nullopt;
    if (!has_opaque_token(exchange)) return std::nullopt;
    const std::string_view token = sole_token(exchange);
    std::vector<Fact> facts;
    add(facts, "prefix", shown_prefix(token));
    facts.push_back(fact("length", token.size()));
    return guess(
        "an opaque token was refused; it may be revoked, expired or for another API, "
        "which only its issuer can tell",
        std::move(facts));
}

}  // namespace whogoes::rules::causes
