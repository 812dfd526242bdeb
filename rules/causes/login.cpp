#include "rules/causes/login.hpp"

#include "rules/causes/reading.hpp"
#include "rules/compliance/login_page.hpp"
#include "rules/compliance/readings.hpp"
#include "rules/compliance/words.hpp"
#include "rules/text.hpp"

#include <charconv>
#include <utility>

namespace whogoes::rules::causes {
namespace {

std::optional<std::int64_t> whole(std::string_view text) {
    std::int64_t value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    return read.ec == std::errc() && read.ptr == text.data() + text.size() && !text.empty()
               ? std::optional(value)
               : std::nullopt;
}

// "20260921T141320Z", "2026-09-21T14:13:20Z", "2026-09-21": Unix seconds.
std::optional<std::int64_t> instant_in(std::string_view text) {
    std::string digits;
    for (const char c : text)
        if (is_digit(c)) digits += c;
    if (digits.size() != 14 && digits.size() != 12 && digits.size() != 8) return std::nullopt;
    digits.resize(14, '0');
    const auto part = [&](std::size_t at, std::size_t size) {
        return static_cast<unsigned>(whole(std::string_view(digits).substr(at, size)).value_or(0));
    };
    using namespace std::chrono;
    const year_month_day day{year(static_cast<int>(part(0, 4))), month(part(4, 2)),
                             std::chrono::day(part(6, 2))};
    if (!day.ok()) return std::nullopt;
    const sys_seconds when =
        sys_days(day) + hours(part(8, 2)) + minutes(part(10, 2)) + seconds(part(12, 2));
    return when.time_since_epoch().count();
}

std::string query_value(const Exchange& exchange, std::string_view name) {
    const auto value = compliance::form_value(exchange.request.query, name);
    return value ? percent_decoded(*value).value_or(std::string(*value)) : std::string();
}

struct SignedTime {
    std::int64_t when = 0;
    std::string_view by{};
};

// When the URL itself says that it ends: SigV4 and V4 of Google, a shared access signature, and
// the older forms that name a Unix time.
std::optional<SignedTime> signed_until(const Exchange& exchange) {
    for (const auto& [date, length] :
         {std::pair{"X-Amz-Date", "X-Amz-Expires"}, std::pair{"X-Goog-Date", "X-Goog-Expires"}}) {
        const auto start = instant_in(query_value(exchange, date));
        const auto lasts = whole(query_value(exchange, length));
        constexpr std::int64_t a_century = std::int64_t{100} * 366 * 24 * 3600;
        if (start && lasts && *lasts >= 0 && *lasts <= a_century)
            return SignedTime{*start + *lasts, length};
    }
    if (!query_value(exchange, "sig").empty())
        if (const auto end = instant_in(query_value(exchange, "se"))) return SignedTime{*end, "se"};
    if (!query_value(exchange, "Signature").empty())
        if (const auto end = whole(query_value(exchange, "Expires")))
            return SignedTime{*end, "Expires"};
    return std::nullopt;
}

std::int64_t their_now(const Exchange& exchange) {
    return unix_seconds(exchange.upstream_date.value_or(exchange.answered_at));
}

// When the URL itself says that it begins, where that is still to come. A signature's own time may
// be some seconds ahead anywhere; a begin that was chosen is kept to the second.
std::optional<SignedTime> signed_from(const Exchange& exchange) {
    constexpr struct {
        std::string_view date, signature;
        std::int64_t borne_s;
    } forms[] = {{"X-Amz-Date", "X-Amz-Signature", 60},
                 {"X-Goog-Date", "X-Goog-Signature", 60},
                 {"st", "sig", 0}};
    for (const auto& form : forms) {
        if (query_value(exchange, form.signature).empty()) continue;
        const auto start = instant_in(query_value(exchange, form.date));
        if (start && *start - their_now(exchange) > form.borne_s)
            return SignedTime{*start, form.date};
    }
    return std::nullopt;
}

// Whether the code of a redirect is about who logs in, and not about a server that has a fault:
// "bad_credentials", "CredentialsSignin", "1"; not "Configuration".
bool blames_the_login(std::string_view error) {
    const compliance::Words words(percent_decoded(error).value_or(std::string(error)));
    for (const std::string_view word :
         {"credential", "credentials", "password",     "login",           "signin",         "user",
          "username",   "email",       "invalid",      "incorrect",       "wrong",          "bad",
          "failed",     "failure",     "unauthorized", "unauthenticated", "authentication", "auth",
          "true",       "1",           "error"})
        if (words.has(word)) return true;
    return error.empty();
}

std::optional<Evidence> sent_back(std::string_view error, std::vector<Fact> facts) {
    if (blames_the_login(error))
        return shape("the login was answered with a redirect whose address names an error",
                     std::move(facts));
    return guess(
        "the login was answered with a redirect whose address names an error, which may be that "
        "user name or password is wrong",
        std::move(facts));
}

// "Invalid admin credentials"; not "credentials over HTTP are accepted only from …".
bool blames_what_came(std::string_view words) {
    return has_any_words(words, {"credential", "credentials", "password", "passcode"}) &&
           has_any_words(words, {"invalid", "incorrect", "wrong", "bad", "not match"});
}

// RFC 6749, 4.1.2.1: the authorization server said no, and this API passes it on.
std::optional<Evidence> refused_at_the_provider(const Exchange& exchange) {
    if (std::optional<Evidence> said = told(exchange, "login-failed")) return said;
    const std::string error = query_value(exchange, "error");
    if (error.empty()) return std::nullopt;
    return shape(
        "the authorization server sent the browser back with the error " + quoted(exchange, error),
        {fact("path", exchange.request.path)});
}

// RFC 6749, 5.2: invalid_grant is what a token endpoint says of a user name and password, too.
bool is_refused_password_grant(const Exchange& exchange) {
    const int status = exchange.response.status;
    const std::string_view own = exchange.heard.unheard();
    return (status == 400 || status == 401 || status == 403) &&
           exchange.heard.error_code == "invalid_grant" &&
           (own.empty() || own == exchange.heard.error_code) &&
           compliance::form_value(exchange.request.form_body, "grant_type") == "password";
}

}  // namespace

std::optional<Evidence> login_failed(const Exchange& exchange) {
    if (is_refused_password_grant(exchange) && !exchange.heard.says("login-failed")) {
        Evidence evidence =
            told_in("the token endpoint answered invalid_grant to a user name and password",
                    {fact("path", exchange.request.path)});
        // Of two reasons that it may have, one in words is the better one.
        evidence.ground = Ground::heard;
        return evidence;
    }
    if (is_authorization_response(exchange)) return refused_at_the_provider(exchange);
    const bool call = is_login_call(exchange);
    if (!call) {
        // Basic on the way to a session; elsewhere the pair is the API's own credential.
        const bool basic = exchange.carries(Sent::basic);
        if (basic && !compliance::is_login_url(exchange.request.path, {})) return std::nullopt;
        return basic || exchange.carries(Sent::password) || exchange.request.method == "POST"
                   ? told(exchange, "login-failed")
                   : std::nullopt;
    }
    const int status = acts_as(exchange);
    if (status != 401 && status != 403 && status != 400 && status != 422 && status < 500)
        return std::nullopt;
    std::vector<Fact> facts{fact("path", exchange.request.path)};
    if (std::optional<Evidence> said = told(exchange, "login-failed", facts)) return said;
    if (const auto error = compliance::error_of_login(exchange))
        return sent_back(*error, std::move(facts));
    // A 403 with words of its own is about something else, unless they name what came.
    const std::string_view own = exchange.heard.unheard();
    if (status != 401 && (status != 403 || !(own.empty() || blames_what_came(own))))
        return std::nullopt;
    return guess(
        "the call carried a user's password or code in its body and was refused; that or the user "
        "name may be wrong",
        std::move(facts));
}

std::optional<Evidence> signed_url_expired(const Exchange& exchange) {
    const auto until = signed_until(exchange);
    const std::int64_t now = unix_seconds(exchange.answered_at);
    if (until && until->when < now)
        return proof("the URL was signed up to " + instant(until->when) + " (" +
                         std::string(until->by) + "), " + std::to_string(now - until->when) +
                         " s ago",
                     {fact("expired_s", now - until->when), fact("parameter", until->by)});
    // "Outside its time" is said of both ends.
    return signed_from(exchange) ? std::nullopt : told(exchange, "signed-url-expired");
}

std::optional<Evidence> signed_url_not_begun(const Exchange& exchange) {
    const auto from = signed_from(exchange);
    if (!from) return std::nullopt;
    const std::int64_t ahead = from->when - their_now(exchange);
    std::string words = "the URL was signed from " + instant(from->when) + " on (" +
                        std::string(from->by) + "), " + std::to_string(ahead) +
                        " s after this answer: the clock of whoever signed it is ahead";
    std::vector<Fact> facts{fact("ahead_s", ahead), fact("parameter", from->by)};
    return exchange.heard.says("signed-url-expired") ? told_in(std::move(words), std::move(facts))
                                                     : shape(std::move(words), std::move(facts));
}

std::optional<Evidence> two_mechanisms(const Exchange& exchange) {
    if (std::optional<Evidence> said = told(exchange, "two-mechanisms")) return said;
    // A presigned URL and an Authorization field: object stores refuse the pair.
    if (exchange.credentials.empty() || exchange.response.status != 400) return std::nullopt;
    for (const Carried& one : exchange.carried)
        if (one.where == Where::query && one.holds == Holds::signature)
            return shape("the URL is signed, and an Authorization field came as well",
                         {fact("query_key", one.name)});
    return std::nullopt;
}

std::optional<Evidence> request_signature_rejected(const Exchange& exchange) {
    return exchange.carries(Sent::credential) ? told(exchange, "request-signature-rejected")
                                              : std::nullopt;
}

}  // namespace whogoes::rules::causes
