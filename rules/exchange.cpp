#include "rules/exchange.hpp"

#include "rules/http_date.hpp"
#include "rules/keys.hpp"
#include "rules/text.hpp"

namespace whogoes::rules {
namespace {

const Expectations nothing_expected;

// Most exchanges have one line of it, or none: no vector on the way.
ChallengeList challenges_of(const Fields& fields, std::string_view name) {
    const std::optional<std::string_view> first = fields.first(name);
    if (!first) return {};
    if (fields.count(name) == 1) return parse_challenges({&*first, 1});
    return parse_challenges(fields.every(name));
}

bool may_carry_jwt(Scheme kind) {
    switch (kind) {
        case Scheme::bearer:
        case Scheme::dpop:
        case Scheme::token:
        case Scheme::jwt:
        case Scheme::unknown:
            return true;
        default:
            return false;
    }
}

std::optional<Jwt> jwt_of(const Credentials& credentials) {
    if (!may_carry_jwt(credentials.kind)) return std::nullopt;
    if (!credentials.value.empty()) return parse_jwt(credentials.value);
    // A bare token, the scheme forgotten.
    return credentials.kind == Scheme::unknown ? parse_jwt(credentials.raw) : std::nullopt;
}

bool is_preflight(const Request& request) {
    return request.method == "OPTIONS" && request.fields.has("Origin") &&
           request.fields.has("Access-Control-Request-Method");
}

bool is_script(const Fields& fields) {
    if (iequals(fields.first("X-Requested-With").value_or(""), "XMLHttpRequest")) return true;
    // Fetch: "empty" is the destination of fetch() and XMLHttpRequest, of EventSource too.
    return iequals(fields.first("Sec-Fetch-Dest").value_or(""), "empty") &&
           !iequals(fields.first("Sec-Fetch-Mode").value_or("navigate"), "navigate");
}

}  // namespace

void Exchange::read() {
    if (!expected) expected = &nothing_expected;

    credentials.clear();
    jwt.reset();
    for (const Field& line : request.fields.lines()) {
        if (!iequals(line.name, "Authorization")) continue;
        credentials.push_back(parse_credentials(line.value));
        if (!jwt) jwt = jwt_of(credentials.back());
    }

    challenges = challenges_of(response.fields, "WWW-Authenticate");
    proxy_challenges = challenges_of(response.fields, "Proxy-Authenticate");
    upstream_date.reset();
    if (const auto date = response.fields.first("Date"))
        upstream_date = parse_http_date(*date, answered_at);
    preflight = is_preflight(request);
    script = is_script(request.fields);
    heard = listen(response, challenges);
    // Tens of microseconds for RSA: only where an answer asks for an explanation.
    const bool refused = response.status == 400 || response.status == 401 || response.status == 403;
    signature = refused && keys && jwt ? keys->verify(*jwt) : Signature::not_checked;
}

}  // namespace whogoes::rules
