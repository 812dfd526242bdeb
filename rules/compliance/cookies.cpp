#include "rules/compliance/cookies.hpp"

#include "rules/compliance/readings.hpp"
#include "rules/cookies.hpp"
#include "rules/text.hpp"

namespace whogoes::rules::compliance {
namespace {

// The origin that a browser keeps the cookies of this answer for: the host it wrote into Host.
CookieOrigin place_of(const Exchange& exchange) {
    CookieOrigin origin = cookie_origin(exchange.place.client_origin);
    if (origin.scheme.empty()) origin.scheme = exchange.place.client_scheme;
    const std::string_view host = exchange.request.fields.first("Host").value_or("");
    if (host.starts_with('['))
        origin.host = host.substr(1, host.find(']') - 1);
    else if (!host.empty())
        origin.host = host.substr(0, host.find(':'));
    return origin;
}

// The first cookie of the answer that is set (not removed) and to which the test applies.
template <class Test>
std::optional<SetCookie> first_cookie(const Exchange& exchange, Test applies) {
    for (const Field& line : exchange.response.fields.lines()) {
        if (!iequals(line.name, "Set-Cookie")) continue;
        const std::optional<SetCookie> cookie = parse_set_cookie(line.value, exchange.answered_at);
        if (cookie && applies(*cookie)) return cookie;
    }
    return std::nullopt;
}

bool has_flaw(const SetCookie& cookie, const CookieOrigin& origin, CookieFlaw flaw) {
    for (const CookieFlaw found : storage_flaws(cookie, origin))
        if (found == flaw) return true;
    return false;
}

std::optional<SetCookie> flawed_cookie(const Exchange& exchange, CookieFlaw flaw) {
    if (!exchange.response.fields.has("Set-Cookie")) return std::nullopt;
    const CookieOrigin origin = place_of(exchange);
    return first_cookie(exchange,
                        [&](const SetCookie& cookie) { return has_flaw(cookie, origin, flaw); });
}

std::vector<Fact> named(const SetCookie& cookie) {
    return {{"cookie_name", std::string(cookie.name)}};
}

}  // namespace

std::optional<Evidence> cookie_secure_over_http(const Exchange& exchange) {
    if (!exchange.response.fields.has("Set-Cookie")) return std::nullopt;
    const CookieOrigin origin = place_of(exchange);
    const auto cookie = first_cookie(
        exchange, [&](const SetCookie& candidate) { return secure_over_http(candidate, origin); });
    if (!cookie) return std::nullopt;
    const std::string name(cookie->name);
    if (origin.loopback())
        return possible("the cookie " + name +
                            " is Secure over http: Chromium and Firefox store it on a loopback "
                            "name, Safari does not",
                        named(*cookie));
    return certain("the cookie " + name + " is Secure, and the browser speaks http",
                   named(*cookie));
}

std::optional<Evidence> cookie_samesite_none_insecure(const Exchange& exchange) {
    const auto cookie = flawed_cookie(exchange, CookieFlaw::same_site_insecure);
    if (!cookie) return std::nullopt;
    return certain("the cookie " + std::string(cookie->name) + " is SameSite=None without Secure",
                   named(*cookie));
}

std::optional<Evidence> cookie_domain_mismatch(const Exchange& exchange) {
    const auto cookie = flawed_cookie(exchange, CookieFlaw::domain_mismatch);
    if (!cookie) return std::nullopt;
    std::vector<Fact> facts = named(*cookie);
    facts.push_back({"domain", std::string(cookie->domain)});
    facts.push_back({"host", std::string(place_of(exchange).host)});
    return certain("the cookie " + std::string(cookie->name) + " is for the domain " +
                       std::string(cookie->domain) + ", the browser asked " +
                       std::string(place_of(exchange).host),
                   std::move(facts));
}

std::optional<Evidence> cookie_prefix_violation(const Exchange& exchange) {
    const auto cookie = flawed_cookie(exchange, CookieFlaw::prefix);
    if (!cookie) return std::nullopt;
    return certain("the cookie " + std::string(cookie->name) + " breaks what its name promises",
                   named(*cookie));
}

}  // namespace whogoes::rules::compliance
