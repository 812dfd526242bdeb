#include "rules/causes/reading.hpp"

#include "rules/compliance/readings.hpp"
#include "rules/cookies.hpp"
#include "rules/quotable.hpp"
#include "rules/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace whogoes::rules::causes {

Evidence proof(std::string words, std::vector<Fact> facts) {
    return {Confidence::certain, std::move(words), std::move(facts), Ground::proof};
}
Evidence shape(std::string words, std::vector<Fact> facts) {
    return {Confidence::likely, std::move(words), std::move(facts), Ground::shape};
}
Evidence habit(std::string words, std::vector<Fact> facts) {
    return {Confidence::likely, std::move(words), std::move(facts), Ground::habit};
}
Evidence guess(std::string words, std::vector<Fact> facts) {
    return {Confidence::possible, std::move(words), std::move(facts), Ground::habit};
}
Evidence told_in(std::string words, std::vector<Fact> facts) {
    return {Confidence::likely, std::move(words), std::move(facts), Ground::told};
}

std::optional<Evidence> told(const Exchange& exchange, std::string_view cause,
                             std::vector<Fact> facts) {
    const Told* const one = exchange.heard.told_of(cause);
    if (!one) return std::nullopt;
    const std::string_view by = one->exact         ? "the answer's ErrorInfo"
                                : one->by_system() ? one->by->name
                                                   : "the upstream";
    Evidence evidence =
        told_in(std::string(by) + (one->text.empty() ? " answers as it does for that"
                                                     : " says " + quoted(exchange, one->text)),
                std::move(facts));
    if (!one->by_system() && !one->exact) evidence.ground = Ground::heard;
    if (one->saying->weak) {
        evidence.confidence = Confidence::possible;
        evidence.words += ", which may be the reason";
    }
    return evidence;
}

Fact fact(std::string_view name, std::string_view text) { return {name, std::string(text)}; }
Fact fact(std::string_view name, const char* text) { return {name, std::string(text)}; }
Fact fact(std::string_view name, std::int64_t number) { return {name, number}; }
Fact fact(std::string_view name, std::size_t number) {
    return {name, static_cast<std::int64_t>(number)};
}
Fact fact(std::string_view name, int number) { return {name, std::int64_t{number}}; }
Fact fact(std::string_view name, bool yes) { return {name, yes}; }
Fact fact(std::string_view name, std::vector<std::string> list) { return {name, std::move(list)}; }

void add(std::vector<Fact>& facts, std::string_view name, std::string_view text) {
    if (!text.empty()) facts.push_back(fact(name, text));
}

int acts_as(const Exchange& exchange) {
    const int status = exchange.response.status;
    if (status == 407 || status == 440 || status == 498) return 401;
    if (status >= 400) return status;
    if (exchange.rpc.refuses()) return outcome_of(exchange);
    static const std::uint64_t forbidden = letters_of("forbidden");
    static const std::uint64_t denied = letters_of("permissiondenied");
    for (const Statement& statement : exchange.heard.statements)
        if (statement.letters == forbidden || statement.letters == denied) return 403;
    return 401;
}

bool credential_absent(const Exchange& exchange) {
    if (!exchange.credentials.empty()) return false;
    return exchange.response.status != 407 || !exchange.request.fields.has("Proxy-Authorization");
}

const Credentials* sole_credentials(const Exchange& exchange) {
    if (exchange.credentials.size() != 1) return nullptr;
    const Credentials& only = exchange.credentials.front();
    return only.kind == Scheme::none ? nullptr : &only;
}

bool carries_one_token(Scheme kind) {
    switch (kind) {
        case Scheme::bearer:
        case Scheme::dpop:
        case Scheme::token:
        case Scheme::jwt:
        case Scheme::apikey:
        case Scheme::unknown:
            return true;
        default:
            return false;
    }
}

std::string_view sole_token(const Exchange& exchange) {
    if (exchange.credentials.empty()) {
        // Where no Authorization came, a token is looked at wherever it stands.
        for (const Carried& one : exchange.carried)
            if (one.holds == Holds::token ||
                (one.holds == Holds::perhaps && one.where != Where::cookie))
                return one.value;
        return {};
    }
    const Credentials* const sent = sole_credentials(exchange);
    if (!sent || !carries_one_token(sent->kind)) return {};
    if (sent->kind != Scheme::unknown) return sent->value;
    // What cannot be the name of a scheme is the beginning of a token.
    const bool named =
        !sent->value.empty() && is_token(sent->scheme) && !sent->scheme.starts_with("eyJ");
    return named ? sent->value : sent->raw;
}

const Jwt* sole_jwt(const Exchange& exchange) {
    if (!exchange.jwt) return nullptr;
    if (exchange.credentials.empty()) return &*exchange.jwt;
    const Credentials* const sent = sole_credentials(exchange);
    return sent && carries_one_token(sent->kind) ? &*exchange.jwt : nullptr;
}

const Jwt* readable_jwt(const Exchange& exchange) {
    const Jwt* const jwt = sole_jwt(exchange);
    return jwt && jwt->readable() ? jwt : nullptr;
}

bool has_opaque_token(const Exchange& exchange) {
    return !exchange.jwt && !sole_token(exchange).empty();
}

std::string scheme_name(const Credentials& sent) {
    if (sent.kind != Scheme::unknown) return std::string(registered_spelling(sent.scheme));
    // A word alone, or one with digits, may be a secret whose scheme was forgotten.
    bool name = !sent.value.empty() && sent.scheme.size() <= 24;
    for (const char c : sent.scheme) name = name && (is_alpha(c) || c == '-');
    return name ? std::string(sent.scheme) : "unknown";
}

std::vector<std::string> offered_schemes(const Exchange& exchange) {
    return offered_schemes(exchange.challenges);
}

std::vector<std::string> offered_schemes(const ChallengeList& challenges) {
    std::vector<std::string> names;
    for (const Challenge& challenge : challenges.challenges) {
        bool known = false;
        for (const std::string& name : names) known = known || iequals(name, challenge.scheme);
        if (!known) names.push_back(challenge.scheme);
    }
    return names;
}

const Challenge* challenge_with_error(const Exchange& exchange, std::string_view error) {
    for (const Challenge& challenge : exchange.challenges.challenges)
        if (challenge.value_of("error") == error) return &challenge;
    return nullptr;
}

namespace {

bool is_misname(std::string_view name) {
    for (const std::string_view known : {"Authentication",
                                         "Auth",
                                         "Authorisation",
                                         "Authorizaton",
                                         "Autorization",
                                         "Authorize",
                                         "X-Authorization",
                                         "X-Authorisation",
                                         "X-Authentication",
                                         "X-Auth",
                                         "X-Auth-Token",
                                         "X-Access-Token",
                                         "Access-Token",
                                         "Auth-Token",
                                         "Authorization-Token",
                                         "Token",
                                         "X-Token",
                                         "X-Bearer-Token",
                                         "Bearer",
                                         "Bearer-Token",
                                         "JWT",
                                         "X-JWT",
                                         "X-JWT-Token",
                                         "WWW-Authenticate"})
        if (iequals(name, known)) return true;
    return false;
}

bool is_whole_jwt(std::string_view text) {
    if (!text.starts_with("eyJ")) return false;
    const std::optional<Jwt> jwt = parse_jwt(text);
    return jwt && (jwt->segments == 3 || jwt->segments == 5);
}

}  // namespace

bool has_session_cookie(const Exchange& exchange) { return exchange.carries(Sent::cookie); }

bool has_cookie_named(const Exchange& exchange, std::string_view name) {
    for (const Field& line : exchange.request.fields.lines())
        if (iequals(line.name, "Cookie") && cookie_value(line.value, name)) return true;
    return false;
}

const Carried* carried(const Exchange& exchange, Holds holds) {
    for (const Carried& one : exchange.carried)
        if (one.holds == holds && one.where != Where::cookie) return &one;
    return nullptr;
}

const Carried* credential_elsewhere(const Exchange& exchange) {
    for (const Carried& one : exchange.carried)
        if (one.where != Where::cookie && one.where != Where::member && may_authenticate(one.holds))
            return &one;
    return nullptr;
}

std::string place_name(const Carried& one) {
    const std::string name(one.name.substr(0, 40));
    switch (one.where) {
        case Where::field:
            return "the field " + name;
        case Where::cookie:
            return name.empty() ? "a nameless cookie" : "the cookie " + name;
        case Where::query:
            return "the query parameter " + name;
        case Where::member:
            return "the body's member " + name;
        case Where::subprotocol:
            return "the WebSocket subprotocol";
        case Where::scheme:
            break;
    }
    return "Authorization";
}

bool is_authorization_response(const Exchange& exchange) {
    const std::string_view query = exchange.request.query;
    return compliance::form_value(query, "state") &&
           (compliance::form_value(query, "code") || compliance::form_value(query, "error"));
}

bool is_login_call(const Exchange& exchange) {
    if (!exchange.carries(Sent::password) || !credential_absent(exchange)) return false;
    const Carried* const password = carried(exchange, Holds::password);
    return password && password->where == Where::member && exchange.request.method != "GET";
}

bool says_none_came(const Exchange& exchange) {
    for (const std::string_view cause : {"no-credentials", "api-key-missing"}) {
        const Told* const told = exchange.heard.told_of(cause);
        if (told && !icontains(told->text, "valid")) return true;
    }
    return false;
}

bool is_safe_method(std::string_view method) {
    return method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "TRACE";
}

bool is_web_page(const Exchange& exchange) {
    return icontains(response_field(exchange, "Content-Type"), "html");
}

std::optional<Field> misnamed_credential(const Exchange& exchange) {
    for (const Field& line : exchange.request.fields.lines()) {
        if (!is_misname(line.name)) continue;
        const Credentials credentials = parse_credentials(line.value);
        const bool with_scheme = credentials.kind != Scheme::unknown && !credentials.value.empty();
        if (with_scheme || is_whole_jwt(credentials.raw)) return line;
    }
    return std::nullopt;
}

std::string_view token_parameter(const Exchange& exchange) {
    for (const Carried& one : exchange.carried)
        if (one.where == Where::query && one.holds == Holds::token) return one.name;
    return {};
}

std::string_view request_field(const Exchange& exchange, std::string_view name) {
    return exchange.request.fields.first(name).value_or(std::string_view());
}

std::string_view response_field(const Exchange& exchange, std::string_view name) {
    return exchange.response.fields.first(name).value_or(std::string_view());
}

std::int64_t unix_seconds(TimePoint when) {
    return std::chrono::floor<std::chrono::seconds>(when).time_since_epoch().count();
}

std::string instant(std::int64_t seconds) {
    using std::chrono::days;
    // Far outside of any calendar: a number says more.
    if (seconds < -62135596800 || seconds > 253402300799) return std::to_string(seconds);
    const std::chrono::sys_seconds when{std::chrono::seconds{seconds}};
    const auto day = std::chrono::floor<days>(when);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(when - day);
    std::string text = "0000-00-00T00:00:00Z";
    const auto digits = [&text](std::size_t at, std::size_t count, std::int64_t value) {
        for (; count-- > 0; value /= 10) text[at + count] = static_cast<char>('0' + value % 10);
    };
    digits(0, 4, static_cast<int>(date.year()));
    digits(5, 2, static_cast<unsigned>(date.month()));
    digits(8, 2, static_cast<unsigned>(date.day()));
    digits(11, 2, time.hours().count());
    digits(14, 2, time.minutes().count());
    digits(17, 2, time.seconds().count());
    return text;
}

std::string host_of(std::string_view url) {
    const std::size_t scheme = url.find("://");
    if (scheme == npos) return {};
    std::string_view host = url.substr(scheme + 3);
    host = host.substr(0, host.find_first_of("/?#"));
    const std::size_t user = host.rfind('@');
    if (user != npos) host.remove_prefix(user + 1);
    if (host.starts_with('['))
        host = host.substr(1, host.find(']') == npos ? npos : host.find(']') - 1);
    else
        host = host.substr(0, host.find(':'));
    return lowered(host);
}

std::string quoted(const Exchange& exchange, std::string_view text) {
    return "\"" + quotable(text, exchange.request) + "\"";
}

std::string saying(const Exchange& exchange, std::string_view cause) {
    const Told* const one = exchange.heard.told_of(cause);
    return quoted(exchange, one ? one->text : std::string_view());
}

}  // namespace whogoes::rules::causes
