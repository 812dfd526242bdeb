#include "rules/compliance/login_page.hpp"

#include "rules/text.hpp"

#include <algorithm>
#include <initializer_list>

namespace whogoes::rules::compliance {
namespace {

bool is_login_word(std::string_view word) {
    for (const std::string_view known :
         {"login", "log-in", "log_in", "logon", "signin", "sign-in", "sign_in"})
        if (iequals(word, known)) return true;
    return false;
}

// "login", "Login.aspx", "user-login", "wp-login.php"; not "logins" nor "login-attempts".
bool is_login_segment(std::string_view segment) {
    const std::string_view stem = segment.substr(0, segment.find_first_of(".;"));
    if (is_login_word(stem)) return true;
    for (const std::string_view ending : {"-login", "_login", "-signin", "_signin"})
        if (iends_with(stem, ending)) return true;
    return false;
}

bool is_login_path(std::string_view path) {
    for (const std::string_view segment : parts_of(path, '/'))
        if (is_login_segment(segment)) return true;
    for (const std::string_view part : {"auth/authorize", "/saml"})
        if (icontains(path, part)) return true;
    // oauth2/authorize, and with a version between: oauth2/v2.0/authorize.
    return icontains(path, "oauth2/") && iends_with(path, "/authorize");
}

bool is_login_query(std::string_view query) {
    for (const std::string_view pair : parts_of(query, '&')) {
        const std::string_view name = pair.substr(0, pair.find('='));
        if (iequals(name, "ReturnUrl") || iequals(name, "redirect_uri") || is_login_word(name) ||
            is_login_word(pair.substr(pair.find('=') + 1)))
            return true;
        // The way back, whole, by which those that nginx's auth_request asks send to their login.
        if (iequals(name, "rd") && istarts_with(pair.substr(name.size()), "=http")) return true;
    }
    return false;
}

std::string_view without_slash(std::string_view path) {
    return path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
}

struct Target {
    std::string_view path, query;
};

Target target_of(std::string_view location) {
    if (const std::size_t scheme = location.find("://"); scheme < location.find_first_of("/?#")) {
        location.remove_prefix(scheme + 3);
        location.remove_prefix(std::min(location.find_first_of("/?#"), location.size()));
    } else if (location.starts_with("//")) {
        location.remove_prefix(std::min(location.find_first_of("/?#", 2), location.size()));
    }
    location = location.substr(0, location.find('#'));
    const std::size_t mark = location.find('?');
    return {location.substr(0, mark), mark == npos ? "" : location.substr(mark + 1)};
}

bool is_redirect_status(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

bool is_any(std::string_view text, std::initializer_list<std::string_view> words) {
    for (const std::string_view word : words)
        if (iequals(text, word)) return true;
    return false;
}

// "error=…", "login_error", "failed=1", "login=failed"; not "error=0".
std::optional<std::string_view> error_in(std::string_view query) {
    for (const std::string_view pair : parts_of(query, '&')) {
        const std::string_view name = pair.substr(0, pair.find('='));
        const std::string_view value = pair.substr(std::min(pair.size(), name.size() + 1));
        if (is_any(value, {"failed", "failure", "error", "invalid"})) return value;
        const bool names = icontains(name, "error") ||
                           is_any(name, {"err", "fail", "failed", "failure", "denied"});
        if (names && !is_any(value, {"0", "false", "no", "none", "null"})) return value;
    }
    return std::nullopt;
}

}  // namespace

bool is_login_url(std::string_view path, std::string_view query) {
    return is_login_path(path) || is_login_query(query);
}

bool redirects_to_login(const Exchange& exchange) {
    if (!is_redirect_status(exchange.response.status)) return false;
    const auto location = exchange.response.fields.first("Location");
    if (!location) return false;
    const Target target = target_of(*location);
    // A trailing slash, another host or scheme: the same resource, wherever its name comes from.
    if (without_slash(target.path) == without_slash(exchange.request.path) &&
        target.query == exchange.request.query)
        return false;
    return is_login_url(target.path, target.query);
}

std::optional<std::string_view> error_of_login(const Exchange& exchange) {
    if (!is_redirect_status(exchange.response.status)) return std::nullopt;
    const auto location = exchange.response.fields.first("Location");
    if (!location) return std::nullopt;
    const Target target = target_of(*location);
    if (!is_login_path(target.path) && !is_login_path(exchange.request.path)) return std::nullopt;
    return error_in(target.query);
}

}  // namespace whogoes::rules::compliance
