#include "rules/compliance/documented.hpp"

#include "rules/causes/reading.hpp"
#include "rules/compliance/readings.hpp"
#include "rules/documented.hpp"
#include "rules/text.hpp"

#include <algorithm>

namespace whogoes::rules::compliance {
namespace {

// Nothing that anybody could take for a credential, known or not.
bool is_bare(const Exchange& exchange) {
    const Fields& fields = exchange.request.fields;
    return exchange.credentials.empty() && exchange.carried.empty() && !fields.has("Cookie") &&
           !exchange.preflight;
}

std::string name_of(const DocumentedOperation& operation) {
    return operation.method + " " + operation.path;
}

// Of the challenges that the description speaks of by name.
std::vector<std::string> documented_schemes(const DocumentedOperation& operation) {
    std::vector<std::string> schemes;
    for (const auto& way : operation.security)
        for (const DocumentedScheme& scheme : way)
            if (scheme.kind == DocumentedScheme::Kind::http) schemes.push_back(scheme.scheme);
    return schemes;
}

}  // namespace

std::optional<Evidence> documented_security_missing(const Exchange& exchange) {
    if (!exchange.documented || exchange.documented->is_open()) return std::nullopt;
    if (!is_success(exchange) || !is_bare(exchange) || !exchange.request_seen) return std::nullopt;
    return certain("the description asks for " + exchange.documented->words() + " on " +
                       name_of(*exchange.documented) + ", and nothing was sent",
                   {causes::fact("documented", exchange.documented->words())});
}

std::optional<Evidence> documented_open_refused(const Exchange& exchange) {
    if (!exchange.documented || !exchange.documented->is_open()) return std::nullopt;
    if (exchange.response.status != 401 || !is_bare(exchange)) return std::nullopt;
    return certain(
        "the description says that " + name_of(*exchange.documented) + " needs no credential",
        {causes::fact("documented", exchange.documented->words())});
}

std::optional<Evidence> documented_scheme_not_offered(const Exchange& exchange) {
    if (!exchange.documented || exchange.response.status != 401) return std::nullopt;
    if (exchange.challenges.absent()) return std::nullopt;
    const auto wanted = documented_schemes(*exchange.documented);
    const auto offered = causes::offered_schemes(exchange);
    if (wanted.empty() || offered.empty()) return std::nullopt;
    const bool any = std::any_of(offered.begin(), offered.end(), [&](const std::string& one) {
        return std::any_of(wanted.begin(), wanted.end(),
                           [&](const std::string& other) { return iequals(one, other); });
    });
    if (any) return std::nullopt;
    std::string words;
    for (const std::string& one : offered) words += (words.empty() ? "" : ", ") + one;
    return certain("the description asks for " + exchange.documented->words() + " on " +
                       name_of(*exchange.documented) + ", and the challenge offers " + words,
                   {causes::fact("documented", exchange.documented->words()),
                    causes::fact("offered", offered)});
}

}  // namespace whogoes::rules::compliance
