#include "rules/documented.hpp"

#include "rules/credentials.hpp"
#include "rules/exchange.hpp"
#include "rules/text.hpp"

#include <algorithm>

namespace whogoes::rules {
namespace {

std::string words_of(const DocumentedScheme& scheme) {
    std::string words;
    switch (scheme.kind) {
        case DocumentedScheme::Kind::http: {
            const std::string_view spelled = registered_spelling(scheme_of(scheme.scheme));
            words = spelled.empty() ? scheme.scheme : std::string(spelled);
            break;
        }
        case DocumentedScheme::Kind::api_key:
            words = "an API key in the " +
                    std::string(scheme.place == "header"  ? "field "
                                : scheme.place == "query" ? "parameter "
                                                          : "cookie ") +
                    scheme.field;
            break;
        case DocumentedScheme::Kind::mutual_tls:
            words = "a client certificate";
            break;
    }
    for (std::size_t i = 0; i < scheme.scopes.size(); ++i)
        words += (i > 0                      ? " "
                  : scheme.scopes.size() > 1 ? " with the scopes "
                                             : " with the scope ") +
                 scheme.scopes[i];
    return words;
}

bool came(const DocumentedScheme& scheme, const Exchange& exchange) {
    // TLS is not seen here.
    if (scheme.kind == DocumentedScheme::Kind::mutual_tls) return true;
    if (scheme.kind == DocumentedScheme::Kind::http)
        return std::any_of(exchange.credentials.begin(), exchange.credentials.end(),
                           [&](const Credentials& sent) {
                               return iequals(sent.scheme, scheme.scheme) ||
                                      (scheme.scheme == "bearer" && sent.kind == Scheme::dpop);
                           });
    if (scheme.place == "header") return exchange.request.fields.has(scheme.field);
    const Where where = scheme.place == "query" ? Where::query : Where::cookie;
    return std::any_of(exchange.carried.begin(), exchange.carried.end(), [&](const Carried& one) {
        return one.where == where && (where == Where::cookie ? one.name == scheme.field
                                                             : iequals(one.name, scheme.field));
    });
}

}  // namespace

bool DocumentedOperation::is_open() const {
    return security.empty() || std::any_of(security.begin(), security.end(),
                                           [](const auto& way) { return way.empty(); });
}

std::string DocumentedOperation::words() const {
    std::string all;
    for (const auto& way : security) {
        std::string together;
        for (const DocumentedScheme& scheme : way)
            together += (together.empty() ? "" : " and ") + words_of(scheme);
        all += (all.empty() ? "" : ", or ") + (together.empty() ? "no credential" : together);
    }
    return all.empty() ? "no credential" : all;
}

bool fits(const DocumentedOperation& operation, const Exchange& exchange) {
    return operation.security.empty() ||
           std::any_of(operation.security.begin(), operation.security.end(), [&](const auto& way) {
               return std::all_of(way.begin(), way.end(), [&](const DocumentedScheme& scheme) {
                   return came(scheme, exchange);
               });
           });
}

}  // namespace whogoes::rules
