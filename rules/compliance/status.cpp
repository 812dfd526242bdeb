#include "rules/compliance/status.hpp"

#include "rules/causes/login.hpp"
#include "rules/causes/reading.hpp"
#include "rules/compliance/login_page.hpp"
#include "rules/compliance/readings.hpp"
#include "rules/compliance/words.hpp"
#include "rules/keys.hpp"
#include "rules/text.hpp"

#include <algorithm>
#include <array>

namespace whogoes::rules::compliance {
namespace {

bool is_anonymous(const Exchange& exchange) {
    for (const Credentials& sent : exchange.credentials)
        if (!sent.raw.empty()) return false;
    const Fields& fields = exchange.request.fields;
    for (const std::string_view name : {"Cookie", "Proxy-Authorization"})
        if (!fields.first(name).value_or("").empty()) return false;
    return !exchange.carries(Sent::credential);
}

bool is_programmatic(const Exchange& exchange) {
    const Fields& fields = exchange.request.fields;
    if (iequals(fields.first("Sec-Fetch-Mode").value_or(""), "navigate")) return false;
    // A form that logs in is answered by a redirect, whoever fills it in.
    if (!exchange.request.form_body.empty() && !exchange.script && causes::is_login_call(exchange))
        return icontains(fields.first("Accept").value_or(""), "json");
    return exchange.request.method != "GET" || !exchange.credentials.empty() ||
           fields.has("X-Requested-With") || icontains(fields.first("Accept").value_or(""), "json");
}

bool is_zero(const Fields& fields, std::string_view name) {
    const auto value = fields.first(name);
    return value && !value->empty() && value->find_first_not_of('0') == npos;
}

// Our own checks that would make a 401 for this token the right answer after all.
bool is_refused_for_cause(const Exchange& exchange) {
    return is_explained_by(exchange, Trait::earns_401);
}

bool is_verified(const Exchange& exchange) {
    return exchange.keys && exchange.jwt &&
           exchange.keys->verify(*exchange.jwt) == Signature::verified;
}

std::string_view challenge_error(const Exchange& exchange) {
    for (const Challenge& challenge : exchange.challenges.challenges)
        if (const Parameter* error = challenge.parameter("error")) return error->value;
    return {};
}

// "invalid token", "jwt expired", "bad credentials"; not what was said of a CSRF token.
bool refuses_a_credential(std::string_view text) {
    if (text.empty()) return false;
    const Words words(text);
    if (words.has("csrf") || words.has("xsrf") || words.has("authenticity")) return false;
    if (words.near({"token", "jwt", "tokens"},
                   {"expired", "invalid", "malformed", "revoked", "expiration"}, 2))
        return true;
    if (words.near({"signature"}, {"expired"}, 1)) return true;
    return words.near({"credentials", "password"}, {"invalid", "bad", "wrong", "incorrect"}, 2);
}

bool is_login_refused(const Exchange& exchange) {
    if (!causes::is_login_call(exchange)) return false;
    const auto refused = causes::login_failed(exchange);
    return refused && refused->ground >= Ground::heard;
}

// The answer says of what came, in words that a dialect knows, what another credential would mend:
// its age, its audience, its signature. With `rest` also that it is refused, and no more.
bool tells_of_credential(const Exchange& exchange, Step from, bool rest) {
    for (const Told& told : exchange.heard.told) {
        const CauseRow* const row = find_row(told.saying->cause);
        if (!row || told.saying->weak || row->cause.due != Due::unauthorized) continue;
        if (row->step >= from && row->step <= Step::checks) return true;
        if (rest && row->step == Step::rest) return true;
    }
    return false;
}

constexpr std::array<std::string_view, 7> library_exceptions{"JsonWebTokenError",
                                                             "TokenExpiredError",
                                                             "ExpiredSignatureError",
                                                             "ExpiredJwtException",
                                                             "MalformedJwtException",
                                                             "InvalidTokenError",
                                                             "SecurityTokenExpiredException"};

}  // namespace

std::optional<Evidence> proxy_auth_required_from_origin(const Exchange& exchange) {
    if (exchange.response.status != 407) return std::nullopt;
    return certain("the API answered 407, which speaks for a forward proxy");
}

std::optional<Evidence> forbidden_without_credentials(const Exchange& exchange) {
    if (exchange.response.status != 403 || exchange.preflight || !is_anonymous(exchange))
        return std::nullopt;
    // Who answered? These refuse the request, the host or the origin, not a missing credential.
    if (is_explained_by(exchange, Trait::not_about_caller)) return std::nullopt;
    return certain("the request carried no credential of any kind, and the answer is 403");
}

std::optional<Evidence> unauthorized_though_valid(const Exchange& exchange) {
    if (exchange.response.status != 401 || exchange.credentials.empty()) return std::nullopt;
    const auto ago = exchange.recollection.credential_accepted_elsewhere_ago;
    const bool accepted = ago && *ago <= std::chrono::seconds(60);
    if (!accepted && !is_verified(exchange)) return std::nullopt;
    if (is_refused_for_cause(exchange)) return std::nullopt;
    if (!accepted) return likely("the token passes every check we know, signature included");
    const std::int64_t seconds = std::chrono::duration_cast<std::chrono::seconds>(*ago).count();
    return likely(
        "this credential was accepted on another route " + std::to_string(seconds) + " s ago",
        {{"accepted_ago_s", seconds}});
}

std::optional<Evidence> login_redirect_for_api(const Exchange& exchange) {
    if (!is_redirect(exchange) || !redirects_to_login(exchange) || !is_programmatic(exchange))
        return std::nullopt;
    return certain("a client that is no browser page was sent to a login page with " +
                       std::to_string(exchange.response.status),
                   {{"status", std::int64_t{exchange.response.status}}});
}

std::optional<Evidence> auth_failure_as_bad_request(const Exchange& exchange) {
    if (exchange.response.status != 400 || is_token_endpoint(exchange)) return std::nullopt;
    const std::string_view error = challenge_error(exchange);
    if (error == "invalid_request") return std::nullopt;
    if (error == "invalid_token")
        return certain("the challenge says invalid_token, the status is 400");
    if (!body_was_seen(exchange) || !exchange.carries(Sent::credential)) return std::nullopt;
    // A token that cannot be taken apart may be called a malformed request.
    if (!refuses_a_credential(exchange.response.body) && !is_login_refused(exchange) &&
        !tells_of_credential(exchange, Step::kind, true))
        return std::nullopt;
    return likely("the body speaks of a refused credential, the status is 400");
}

std::optional<Evidence> auth_failure_as_server_error(const Exchange& exchange) {
    const int status = exchange.response.status;
    if (status < 500 || status > 599 || !body_was_seen(exchange)) return std::nullopt;
    const std::string_view body = exchange.response.body;
    for (const std::string_view name : library_exceptions)
        if (body.find(name) != npos)
            return certain(
                "the body of this " + std::to_string(status) + " names " + std::string(name),
                {{"exception", std::string(name)}});
    for (const std::string_view phrase : {"jwt expired", "jwt malformed", "jwt must be provided"})
        if (begins_word(body, phrase))
            return certain("the body of this " + std::to_string(status) + " says \"" +
                               std::string(phrase) + "\"",
                           {{"exception", std::string(phrase)}});
    const bool token = exchange.carries(Sent::jwt) || exchange.carries(Sent::opaque);
    if ((token && tells_of_credential(exchange, Step::structure, false)) ||
        is_login_refused(exchange))
        return likely("the body of this " + std::to_string(status) +
                      " speaks of a refused credential");
    return std::nullopt;
}

std::optional<Evidence> not_found_hiding(const Exchange& exchange) {
    if (exchange.response.status != 404 ||
        !exchange.recollection.path_accepted_with_other_credential)
        return std::nullopt;
    return likely("this path answered 2xx to another credential a while ago");
}

std::optional<Evidence> rate_limit_as_auth_status(const Exchange& exchange) {
    if (!is_refusal(exchange)) return std::nullopt;
    const Fields& fields = exchange.response.fields;
    const std::string status = std::to_string(exchange.response.status);
    if (fields.has("Retry-After")) return certain("this " + status + " has Retry-After");
    for (const std::string_view name : {"RateLimit-Remaining", "X-RateLimit-Remaining"})
        if (is_zero(fields, name))
            return certain("this " + status + " says " + std::string(name) + ": 0");
    if (!body_was_seen(exchange)) return std::nullopt;
    if (exchange.heard.says(cause_with(Trait::throttled).id))
        return likely("the body of this " + status + " speaks of too many requests");
    return std::nullopt;
}

}  // namespace whogoes::rules::compliance
