#include "rules/local_cookie.hpp"

#include "rules/text.hpp"

#include <algorithm>

namespace whogoes::rules {
namespace {

// As parse_set_cookie() reads it: what has no name before "=" is named by what follows.
std::string_view name_of(std::string_view attribute) {
    const std::size_t equals = attribute.find('=');
    const std::string_view name = trim(attribute.substr(0, equals));
    return name.empty() && equals != npos ? trim(attribute.substr(equals + 1)) : name;
}

bool has_prefix(std::string_view name, std::string_view prefix) {
    return istarts_with(name, prefix);
}

// What has to go and what has to change, decided before a line is written.
struct Change {
    bool domain = false, secure = false, same_site = false, partitioned = false;
    bool any() const { return domain || secure || same_site || partitioned; }
};

Change change_of(const SetCookie& cookie, const CookieOrigin& origin, bool cross_site) {
    Change change;
    const bool host_prefix = has_prefix(cookie.name, "__Host-");
    const auto flaws = storage_flaws(cookie, origin);
    change.domain = !cookie.domain.empty() &&
                    (host_prefix || std::find(flaws.begin(), flaws.end(),
                                              CookieFlaw::domain_mismatch) != flaws.end());
    const bool none = iequals(cookie.same_site, "None");
    const bool needed = host_prefix || has_prefix(cookie.name, "__Secure-") ||
                        (none && cross_site && origin.loopback());
    change.secure = secure_over_http(cookie, origin) && !needed;
    const bool secure_after = cookie.secure && !change.secure;
    change.same_site = none && !secure_after;
    change.partitioned = cookie.partitioned && !secure_after;
    return change;
}

std::string words_of(const SetCookie& cookie, const Change& change) {
    std::string lost;
    const auto add = [&](std::string_view what) {
        lost.append(lost.empty() ? "" : ", ").append(what);
    };
    if (change.domain) add("Domain=" + std::string(cookie.domain));
    if (change.secure) add("Secure");
    if (change.partitioned) add("Partitioned");
    std::string words = "the cookie " + std::string(cookie.name);
    if (!lost.empty()) words += " was given without " + lost;
    if (change.same_site)
        words +=
            (lost.empty() ? " was given" : " and") + std::string(" with SameSite=Lax for None");
    return words + ": a browser here would not keep it as the API sent it";
}

}  // namespace

std::optional<LocalCookie> localized(std::string_view field_value, const CookieOrigin& origin,
                                     bool cross_site) {
    const std::optional<SetCookie> cookie = parse_set_cookie(field_value, {});
    if (!cookie) return std::nullopt;
    const Change change = change_of(*cookie, origin, cross_site);
    if (!change.any()) return std::nullopt;
    // What stays keeps its octets, white space included.
    const std::size_t pair_end = std::min(field_value.find(';'), field_value.size());
    LocalCookie local{std::string(field_value.substr(0, pair_end)), words_of(*cookie, change)};
    for (std::size_t begin = pair_end; begin < field_value.size();) {
        const std::size_t end = std::min(field_value.find(';', begin + 1), field_value.size());
        const std::string_view attribute = field_value.substr(begin + 1, end - begin - 1);
        begin = end;
        const std::string_view name = name_of(attribute);
        if ((change.domain && iequals(name, "Domain")) ||
            (change.secure && iequals(name, "Secure")) ||
            (change.partitioned && iequals(name, "Partitioned")))
            continue;
        local.value += ';';
        local.value += change.same_site && iequals(name, "SameSite") ? " SameSite=Lax" : attribute;
    }
    return local;
}

}  // namespace whogoes::rules
