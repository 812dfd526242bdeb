#include "rules/compliance/digest.hpp"

#include "rules/compliance/readings.hpp"
#include "rules/text.hpp"

#include <algorithm>

namespace whogoes::rules::compliance {
namespace {

std::optional<Evidence> lacks(const Exchange& exchange, std::string_view parameter) {
    for (const Challenge& challenge : exchange.challenges.challenges)
        if (challenge.is("Digest") && !challenge.parameter(parameter))
            return certain("the Digest challenge has no " + std::string(parameter));
    return std::nullopt;
}

bool is_weak(const Challenge& challenge) {
    const std::string_view algorithm = challenge.value_of("algorithm");
    return algorithm.empty() || iequals(algorithm, "MD5") || iequals(algorithm, "MD5-sess");
}

// RFC 7616, 3.3: which parameters are quoted strings, and which are tokens.
bool is_misquoted(const Parameter& parameter) {
    for (const std::string_view quoted : {"realm", "domain", "nonce", "opaque", "qop"})
        if (iequals(parameter.name, quoted)) return !parameter.quoted;
    for (const std::string_view token : {"stale", "algorithm"})
        if (iequals(parameter.name, token)) return parameter.quoted;
    return false;
}

}  // namespace

std::optional<Evidence> digest_nonce_missing(const Exchange& exchange) {
    return lacks(exchange, "nonce");
}

std::optional<Evidence> digest_realm_missing(const Exchange& exchange) {
    return lacks(exchange, "realm");
}

std::optional<Evidence> digest_qop_missing(const Exchange& exchange) {
    return lacks(exchange, "qop");
}

std::optional<Evidence> digest_weak_algorithm(const Exchange& exchange) {
    bool any = false;
    for (const Challenge& challenge : exchange.challenges.challenges) {
        if (!challenge.is("Digest")) continue;
        if (!is_weak(challenge)) return std::nullopt;
        any = true;
    }
    if (!any) return std::nullopt;
    return certain("no Digest challenge offers anything better than MD5");
}

std::optional<Evidence> digest_quoting(const Exchange& exchange) {
    for (const Challenge& challenge : exchange.challenges.challenges) {
        if (!challenge.is("Digest")) continue;
        const auto wrong =
            std::find_if(challenge.parameters.begin(), challenge.parameters.end(), is_misquoted);
        if (wrong == challenge.parameters.end()) continue;
        return certain(lowered(wrong->name) + " of the Digest challenge is " +
                           (wrong->quoted ? "quoted, and may not be" : "not quoted, and must be"),
                       {{"parameter", lowered(wrong->name)}});
    }
    return std::nullopt;
}

}  // namespace whogoes::rules::compliance
