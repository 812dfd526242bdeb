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

constexpr std::uint16_t bit(Sent what) { return static_cast<std::uint16_t>(what); }

std::uint64_t names_of(const Fields& fields) {
    std::uint64_t marks = 0;
    for (const Field& line : fields.lines()) marks |= name_mark_of(line.name);
    return marks;
}

std::uint16_t sent_by(const Credentials& credentials, bool is_jwt) {
    switch (credentials.kind) {
        case Scheme::none:
            return 0;
        case Scheme::basic:
            return bit(Sent::basic);
        case Scheme::digest:
        case Scheme::negotiate:
        case Scheme::ntlm:
        case Scheme::scram:
            return 0;
        case Scheme::aws4_hmac_sha256:
            return bit(Sent::signature);
        case Scheme::apikey:
            return bit(Sent::api_key);
        case Scheme::bearer:
            break;
        default:
            // "SharedKey account:…": what a system's own scheme carries, the table knows.
            if (holds_at(Where::scheme, credentials.scheme, {}) == Holds::signature)
                return bit(Sent::signature);
            break;
    }
    const std::uint16_t bearer = credentials.kind == Scheme::bearer ? bit(Sent::bearer) : 0;
    return static_cast<std::uint16_t>(bearer | bit(is_jwt ? Sent::jwt : Sent::opaque));
}

std::uint16_t sent_by(const Carried& carried) {
    switch (carried.holds) {
        case Holds::token:
        case Holds::refresh_token:
            return bit(carried.value.starts_with("eyJ") ? Sent::jwt : Sent::opaque);
        case Holds::api_key:
            return bit(Sent::api_key);
        case Holds::session:
            return bit(Sent::cookie);
        case Holds::signature:
            return bit(Sent::signature);
        case Holds::password:
            return bit(Sent::password);
        case Holds::perhaps:
            return bit(carried.where == Where::cookie ? Sent::cookie : Sent::opaque);
        default:
            return 0;
    }
}

std::uint16_t sent_in(const Exchange& exchange) {
    std::uint16_t sent = exchange.credentials.empty() ? 0 : bit(Sent::authorization);
    bool any = false;
    for (const Credentials& line : exchange.credentials) {
        sent |= sent_by(line, exchange.jwt.has_value());
        any = any || line.kind != Scheme::none;
    }
    for (const Carried& one : exchange.carried) {
        if (!may_authenticate(one.holds)) continue;
        sent |= sent_by(one);
        any = true;
    }
    return static_cast<std::uint16_t>(sent | bit(any ? Sent::credential : Sent::nothing));
}

// What is worth to be listened to: refusals in all their disguises.
bool may_refuse(const Response& response, const Rpc& rpc) {
    const int status = response.status;
    if (status >= 300) return true;
    return status >= 200 &&
           (rpc.refuses() || (response.body_evidence != BodyEvidence::unseen &&
                              response.body_evidence != BodyEvidence::undecodable));
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
    // `curl -d` sends JSON under the type of a form.
    if (request.json_body.empty() && trim(request.form_body).starts_with('{')) {
        request.json_body = request.other_body = request.form_body;
        request.form_body = {};
    }

    credentials.clear();
    jwt.reset();
    for (const Field& line : request.fields.lines()) {
        if (!iequals(line.name, "Authorization")) continue;
        credentials.push_back(parse_credentials(line.value));
        if (!jwt) jwt = jwt_of(credentials.back());
    }
    request_names = names_of(request.fields);

    challenges = challenges_of(response.fields, "WWW-Authenticate");
    proxy_challenges = challenges_of(response.fields, "Proxy-Authenticate");
    upstream_date.reset();
    if (const auto date = response.fields.first("Date"))
        upstream_date = parse_http_date(*date, answered_at);
    preflight = is_preflight(request);
    script = is_script(request.fields);
    hear();
}

void Exchange::hear() {
    rpc = rpc_of(request, response);
    answer_names = names_of(response.fields) | names_of(response.trailers);
    const bool refusing = may_refuse(response, rpc);
    carried.clear();
    if (refusing) carried = carried_by(request, dialects);
    for (const Carried& one : carried)
        if (!jwt && credentials.empty() && one.value.starts_with("eyJ") &&
            (one.holds == Holds::token || one.holds == Holds::session))
            jwt = parse_jwt(one.value);
    sent = sent_in(*this);
    heard = refusing ? listen(*this) : Heard();
    // Tens of microseconds for RSA: only where an answer asks for an explanation.
    const int status = outcome_of(*this);
    const bool refused = status == 400 || status == 401 || status == 403;
    signature = refused && keys && jwt ? keys->verify(*jwt) : Signature::not_checked;
}

}  // namespace whogoes::rules
