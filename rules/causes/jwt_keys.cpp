#include "rules/causes/jwt_keys.hpp"

#include "rules/causes/reading.hpp"
#include "rules/keys.hpp"
#include "rules/text.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace whogoes::rules::causes {
namespace {

constexpr std::int64_t fresh_keys_s = 60;

// What the keys say of the only credential.
bool verdict_is(const Exchange& exchange, Signature signature) {
    return exchange.signature == signature && readable_jwt(exchange);
}

void add_jwt_facts(const Exchange& exchange, std::vector<Fact>& facts) {
    const Jwt* const jwt = readable_jwt(exchange);
    if (!jwt) return;
    add(facts, "alg", jwt->alg);
    add(facts, "kid", jwt->kid);
}

std::optional<Evidence> by_words(const Exchange& exchange, std::string_view cause) {
    if (!exchange.heard.says(cause) || sole_token(exchange).empty()) return std::nullopt;
    // A request that is signed itself is what is spoken of.
    if (exchange.carries(Sent::signature) && !exchange.carries(Sent::jwt)) return std::nullopt;
    std::vector<Fact> facts;
    add_jwt_facts(exchange, facts);
    return told(exchange, cause, std::move(facts));
}

}  // namespace

std::optional<Evidence> unknown_kid(const Exchange& exchange) {
    if (!verdict_is(exchange, Signature::unknown_kid)) return by_words(exchange, "unknown-kid");
    std::vector<Fact> facts{fact("kid", exchange.jwt->kid),
                            fact("jwks_kids", exchange.keys->kids())};
    if (exchange.keys->loaded_at == TimePoint{})
        return proof("the key " + exchange.jwt->kid + " is not among the configured keys",
                     std::move(facts));
    const std::int64_t age =
        unix_seconds(exchange.answered_at) - unix_seconds(exchange.keys->loaded_at);
    facts.push_back(fact("jwks_age_s", age));
    std::string words = "the key " + exchange.jwt->kid +
                        " is not among the keys that were fetched " + std::to_string(age) +
                        " s ago";
    // The issuer may have changed its keys since.
    return age <= fresh_keys_s ? proof(std::move(words), std::move(facts))
                               : shape(std::move(words), std::move(facts));
}

std::optional<Evidence> alg_key_mismatch(const Exchange& exchange) {
    const Jwt* const jwt = readable_jwt(exchange);
    const std::vector<std::string>& allowed = exchange.expected->algorithms;
    const bool configured = jwt && !allowed.empty() &&
                            std::find(allowed.begin(), allowed.end(), jwt->alg) == allowed.end();
    if (!configured && !verdict_is(exchange, Signature::algorithm_mismatch))
        return by_words(exchange, "alg-key-mismatch");
    const std::vector<std::string> algorithms = configured ? allowed : exchange.keys->algorithms();
    std::string list;
    for (const std::string& name : algorithms) list += (list.empty() ? "" : ", ") + name;
    std::string words = "the token is signed with " + jwt->alg + ", and the keys are for " +
                        (list.empty() ? std::string("other algorithms") : list);
    return proof(std::move(words), {fact("alg", jwt->alg), fact("allowed_algs", algorithms)});
}

std::optional<Evidence> signature_invalid(const Exchange& exchange) {
    if (!verdict_is(exchange, Signature::invalid)) return by_words(exchange, "signature-invalid");
    std::vector<Fact> facts;
    add_jwt_facts(exchange, facts);
    return proof("the signature does not verify with the configured key", std::move(facts));
}

}  // namespace whogoes::rules::causes
