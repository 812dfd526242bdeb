#include "rules/causes/session_cookie.hpp"

#include "rules/causes/reading.hpp"
#include "rules/cookies.hpp"
#include "rules/text.hpp"

#include <utility>

namespace whogoes::rules::causes {
namespace {

// Nothing but a cookie can be the credential.
bool only_cookies_count(const Exchange& exchange) {
    return credential_absent(exchange) && !credential_elsewhere(exchange) &&
           !exchange.carries(Sent::password);
}

// No cookie is called so: a name has no parentheses.
constexpr std::string_view nameless = "(nameless)";

std::vector<std::string> sent_cookie_names(const Exchange& exchange) {
    std::vector<std::string> names;
    for (const Field& line : exchange.request.fields.lines()) {
        if (!iequals(line.name, "Cookie")) continue;
        for (const std::string_view name : cookie_names(line.value))
            names.emplace_back(name.empty() ? nameless : name);
    }
    return names;
}

// The answer removes a cookie that came with the request.
bool removes_a_cookie(const Exchange& exchange) {
    for (const Field& line : exchange.response.fields.lines()) {
        if (!iequals(line.name, "Set-Cookie")) continue;
        const auto cookie = parse_set_cookie(line.value, exchange.answered_at);
        if (cookie && cookie->removed && has_cookie_named(exchange, cookie->name)) return true;
    }
    return false;
}

const CookieSeen* blocked_cookie(const Exchange& exchange) {
    for (const CookieSeen& cookie : exchange.recollection.cookies_set)
        if (!cookie.blocked_because.empty() && !has_cookie_named(exchange, cookie.name))
            return &cookie;
    return nullptr;
}

const CookieSeen* stored_cookie(const Exchange& exchange) {
    for (const CookieSeen& cookie : exchange.recollection.cookies_set)
        if (cookie.blocked_because.empty()) return &cookie;
    return nullptr;
}

bool has_csrf_field(const Exchange& exchange) {
    for (const std::string_view name : {"X-CSRF-Token", "X-XSRF-TOKEN", "X-CSRFToken"})
        if (exchange.request.fields.has(name)) return true;
    return false;
}

bool has_csrf_cookie(const Exchange& exchange) {
    for (const std::string& name : sent_cookie_names(exchange))
        if (icontains(name, "csrf") || icontains(name, "xsrf")) return true;
    return false;
}

}  // namespace

std::optional<Evidence> session_cookie_missing(const Exchange& exchange) {
    const std::string_view site = request_field(exchange, "Sec-Fetch-Site");
    if (site.empty() || !only_cookies_count(exchange)) return std::nullopt;
    const std::string& wanted = exchange.expected->session_cookie;
    if (wanted.empty() ? has_session_cookie(exchange) : has_cookie_named(exchange, wanted))
        return std::nullopt;
    const CookieSeen* const seen = has_session_cookie(exchange) ? nullptr : stored_cookie(exchange);
    const bool cross = iequals(site, "cross-site") || iequals(site, "same-site");
    if (!seen && (wanted.empty() || !cross)) return std::nullopt;
    std::vector<Fact> facts{fact("sec_fetch_site", site),
                            fact("has_set_cookie_before", seen != nullptr)};
    add(facts, "expected_cookie", wanted.empty() && seen ? std::string_view(seen->name) : wanted);
    if (seen)
        return shape(
            "the API set the cookie " + seen->name + " earlier, and the browser did not send it",
            std::move(facts));
    return shape("the session cookie " + wanted + " did not come with this " + std::string(site) +
                     " request",
                 std::move(facts));
}

std::optional<Evidence> session_cookie_blocked(const Exchange& exchange) {
    if (exchange.recollection.cookies_set.empty() || !only_cookies_count(exchange))
        return std::nullopt;
    const CookieSeen* const cookie = blocked_cookie(exchange);
    if (!cookie) return std::nullopt;
    std::string reasons;
    for (const std::string& reason : cookie->blocked_because)
        reasons += (reasons.empty() ? "" : ", ") + reason;
    return proof("the browser had to refuse the cookie " + cookie->name + " (" + reasons + ")",
                 {fact("cookie_name", cookie->name), fact("reasons", cookie->blocked_because)});
}

std::optional<Evidence> session_expired(const Exchange& exchange) {
    if (exchange.response.status == 440)
        return proof("the status 440 is IIS's word for a session that ran out");
    const bool may_have_one =
        exchange.carries(Sent::credential) || exchange.request.fields.has("Cookie");
    if (exchange.heard.says("session-expired") && may_have_one)
        return told(exchange, "session-expired");
    if (!has_session_cookie(exchange) || !only_cookies_count(exchange)) return std::nullopt;
    std::vector<Fact> facts{fact("cookie_names", sent_cookie_names(exchange))};
    const auto& accepted = exchange.recollection.cookie_accepted_ago;
    if (accepted)
        facts.push_back(fact("last_accepted_age_s", std::int64_t{accepted->count() / 1000}));
    // A 403 speaks of CSRF or of permission, unless the answer takes the cookie away.
    if (removes_a_cookie(exchange))
        return proof("the answer removes the cookie that came with the request", std::move(facts));
    if (acts_as(exchange) != 401) return std::nullopt;
    const std::string& wanted = exchange.expected->session_cookie;
    if (!wanted.empty() && !has_cookie_named(exchange, wanted)) return std::nullopt;
    if (accepted)
        return shape(
            "the same cookie was accepted " + std::to_string(accepted->count() / 1000) + " s ago",
            std::move(facts));
    if (blocked_cookie(exchange)) return std::nullopt;
    return guess("a cookie came, and the session behind it may be gone", std::move(facts));
}

bool may_lack_csrf_field(const Exchange& exchange) {
    if (!is_forbidden(exchange) || is_safe_method(exchange.request.method)) return false;
    // Without a word from the upstream only where a session is all there is to refuse.
    if (!has_session_cookie(exchange) || has_csrf_field(exchange) || !only_cookies_count(exchange))
        return false;
    return exchange.challenges.absent() && !misnamed_credential(exchange) &&
           !exchange.recollection.lost_redirect && exchange.heard.told.empty() &&
           exchange.heard.unheard().empty();
}

bool only_unsafe_calls_are_refused(const Exchange& exchange) {
    return acts_as(exchange) == 401 && !is_safe_method(exchange.request.method) &&
           sent_as(sole_credentials(exchange), Scheme::basic) &&
           exchange.recollection.credential_accepted_elsewhere_ago && !has_csrf_field(exchange) &&
           exchange.challenges.absent() && exchange.heard.told.empty() &&
           exchange.heard.unheard().empty();
}

std::optional<Evidence> csrf_failed(const Exchange& exchange) {
    const bool said = exchange.heard.says("csrf-failed");
    const bool laravel = exchange.response.status == 419;
    std::vector<Fact> facts;
    if (said || laravel || is_forbidden(exchange))
        facts = {fact("csrf_header_present", has_csrf_field(exchange)),
                 fact("csrf_cookie_present", has_csrf_cookie(exchange)),
                 fact("method", exchange.request.method)};
    if (said) return told(exchange, "csrf-failed", std::move(facts));
    if (laravel)
        return proof("the status 419 means that the CSRF token did not match", std::move(facts));
    if (only_unsafe_calls_are_refused(exchange))
        return guess("the same user and password were accepted elsewhere, and this " +
                         std::string(exchange.request.method) +
                         " is refused without a word: it may lack a CSRF field",
                     {fact("csrf_header_present", false),
                      fact("csrf_cookie_present", has_csrf_cookie(exchange)),
                      fact("method", exchange.request.method)});
    if (!may_lack_csrf_field(exchange)) return std::nullopt;
    return habit("a " + std::string(exchange.request.method) +
                     " with a session cookie came without a CSRF field",
                 std::move(facts));
}

}  // namespace whogoes::rules::causes
