#include "rules/cookies.hpp"

#include "rules/http_date.hpp"
#include "rules/text.hpp"

namespace whogoes::rules {
namespace {

struct Pair {
    std::string_view name, value;
};

Pair split_pair(std::string_view text) {
    const std::size_t equals = text.find('=');
    if (equals == npos) return {{}, trim(text)};
    return {trim(text.substr(0, equals)), trim(text.substr(equals + 1))};
}

// RFC 6265bis, 5.6.2: a Max-Age that is no number is ignored.
std::optional<bool> is_past_max_age(std::string_view value) {
    if (value.empty()) return std::nullopt;
    const std::string_view digits = value.front() == '-' ? value.substr(1) : value;
    if (digits.empty() || digits.find_first_not_of("0123456789") != npos) return std::nullopt;
    return value.front() == '-' || digits.find_first_not_of('0') == npos;
}

bool is_ip_address(std::string_view host) {
    return host.find(':') != npos ||
           (!host.empty() && host.find_first_not_of("0123456789.") == npos);
}

void read_attribute(const Pair& attribute, SetCookie& cookie) {
    if (iequals(attribute.name, "Domain")) cookie.domain = attribute.value;
    if (iequals(attribute.name, "SameSite")) cookie.same_site = attribute.value;
    if (iequals(attribute.name, "Path"))
        cookie.path = attribute.value.starts_with('/') ? attribute.value : std::string_view();
    // An attribute without "=" has its name where a pair has its value.
    const std::string_view flag = attribute.name.empty() ? attribute.value : attribute.name;
    if (iequals(flag, "Secure")) cookie.secure = true;
    if (iequals(flag, "HttpOnly")) cookie.http_only = true;
    if (iequals(flag, "Partitioned")) cookie.partitioned = true;
}

std::string_view without_dot(std::string_view domain) {
    return domain.starts_with('.') ? domain.substr(1) : domain;
}

bool breaks_prefix(const SetCookie& cookie) {
    if (istarts_with(cookie.name, "__Secure-")) return !cookie.secure;
    if (istarts_with(cookie.name, "__Host-"))
        return !cookie.secure || cookie.path != "/" || !cookie.domain.empty();
    return false;
}

bool breaks_domain(const SetCookie& cookie, const CookieOrigin& origin) {
    const std::string_view domain = without_dot(cookie.domain);
    if (domain.empty()) return false;
    if (!domain_matches(origin.host, domain)) return true;
    // A bare suffix ("test", "com") holds for a host of that very name only.
    return domain.find('.') == npos && !iequals(domain, origin.host);
}

}  // namespace

std::optional<SetCookie> parse_set_cookie(std::string_view field_value, TimePoint now) {
    const std::size_t first_end = field_value.find(';');
    const Pair pair = split_pair(field_value.substr(0, first_end));
    if (pair.name.empty() && pair.value.empty()) return std::nullopt;
    SetCookie cookie{.name = pair.name, .value = pair.value};
    std::optional<bool> past_age;
    std::optional<TimePoint> expires;
    std::string_view rest = first_end == npos ? "" : field_value.substr(first_end + 1);
    while (!rest.empty()) {
        const std::size_t end = rest.find(';');
        const Pair attribute = split_pair(rest.substr(0, end));
        rest = end == npos ? "" : rest.substr(end + 1);
        read_attribute(attribute, cookie);
        if (iequals(attribute.name, "Max-Age")) past_age = is_past_max_age(attribute.value);
        if (iequals(attribute.name, "Expires")) expires = parse_cookie_date(attribute.value);
    }
    cookie.persistent = past_age || expires;
    // RFC 6265bis, 5.7: Max-Age has precedence.
    cookie.removed = past_age ? *past_age : expires && *expires <= now;
    return cookie;
}

std::string_view words(CookieFlaw flaw) noexcept {
    switch (flaw) {
        case CookieFlaw::secure_over_http:
            return "Secure over http";
        case CookieFlaw::same_site_insecure:
            return "SameSite=None without Secure";
        case CookieFlaw::domain_mismatch:
            return "foreign Domain";
        case CookieFlaw::prefix:
            return "name prefix rule";
        case CookieFlaw::same_site_across:
            return "SameSite in an answer to another site";
    }
    return {};
}

bool CookieOrigin::secure() const { return iequals(scheme, "https"); }

bool CookieOrigin::loopback() const {
    const std::string_view name = host.ends_with('.') ? host.substr(0, host.size() - 1) : host;
    return iequals(name, "localhost") || iends_with(name, ".localhost") || host == "::1" ||
           (host.starts_with("127.") && is_ip_address(host));
}

CookieOrigin cookie_origin(std::string_view origin) {
    CookieOrigin result;
    const std::size_t colon = origin.find("://");
    if (colon == npos) return result;
    result.scheme = origin.substr(0, colon);
    std::string_view authority = origin.substr(colon + 3);
    authority = authority.substr(0, authority.find('/'));
    if (authority.starts_with('[')) {
        result.host = authority.substr(1, authority.find(']') - 1);
    } else {
        result.host = authority.substr(0, authority.find(':'));
    }
    return result;
}

std::vector<CookieFlaw> storage_flaws(const SetCookie& cookie, const CookieOrigin& origin) {
    std::vector<CookieFlaw> flaws;
    if (secure_over_http(cookie, origin) && !origin.loopback())
        flaws.push_back(CookieFlaw::secure_over_http);
    if (iequals(cookie.same_site, "None") && !cookie.secure)
        flaws.push_back(CookieFlaw::same_site_insecure);
    if (breaks_domain(cookie, origin)) flaws.push_back(CookieFlaw::domain_mismatch);
    if (breaks_prefix(cookie)) flaws.push_back(CookieFlaw::prefix);
    return flaws;
}

bool secure_over_http(const SetCookie& cookie, const CookieOrigin& origin) {
    return cookie.secure && !origin.secure();
}

bool domain_matches(std::string_view host, std::string_view domain) {
    domain = without_dot(domain);
    if (iequals(host, domain)) return true;
    if (domain.empty() || host.size() <= domain.size() || is_ip_address(host)) return false;
    return iends_with(host, domain) && host[host.size() - domain.size() - 1] == '.';
}

bool path_matches(std::string_view request_path, std::string_view cookie_path) {
    if (!request_path.starts_with(cookie_path)) return false;
    return request_path.size() == cookie_path.size() || cookie_path.ends_with('/') ||
           request_path[cookie_path.size()] == '/';
}

std::string_view default_path(std::string_view request_path) {
    const std::size_t last = request_path.rfind('/');
    if (!request_path.starts_with('/') || last == 0) return "/";
    return request_path.substr(0, last);
}

std::vector<std::string_view> cookie_names(std::string_view field_value) {
    std::vector<std::string_view> names;
    for (const std::string_view part : parts_of(field_value, ';')) {
        const Pair pair = split_pair(part);
        if (!pair.name.empty() || !pair.value.empty()) names.push_back(pair.name);
    }
    return names;
}

std::optional<std::string_view> cookie_value(std::string_view field_value, std::string_view name) {
    for (const std::string_view part : parts_of(field_value, ';')) {
        const Pair pair = split_pair(part);
        if (pair.name == name) return pair.value;
    }
    return std::nullopt;
}

}  // namespace whogoes::rules
