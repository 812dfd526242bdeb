#include "rules/compliance/readings.hpp"

#include "rules/cookies.hpp"
#include "rules/text.hpp"

#include <algorithm>
#include <charconv>

namespace whogoes::rules::compliance {

Evidence certain(std::string words, std::vector<Fact> facts) {
    return {Confidence::certain, std::move(words), std::move(facts), Ground::proof};
}

Evidence likely(std::string words, std::vector<Fact> facts) {
    return {Confidence::likely, std::move(words), std::move(facts), Ground::shape};
}

Evidence possible(std::string words, std::vector<Fact> facts) {
    return {Confidence::possible, std::move(words), std::move(facts), Ground::habit};
}

const Credentials* token_in_header(const Exchange& exchange) {
    for (const Credentials& sent : exchange.credentials)
        if ((sent.kind == Scheme::bearer || sent.kind == Scheme::dpop) && !sent.value.empty())
            return &sent;
    return nullptr;
}

bool takes_token(const Challenge& challenge) {
    return challenge.is("Bearer") || challenge.is("DPoP");
}

std::optional<std::string_view> form_value(std::string_view form, std::string_view name) {
    while (!form.empty()) {
        const std::size_t end = form.find('&');
        const std::string_view pair = form.substr(0, end);
        form = end == npos ? std::string_view() : form.substr(end + 1);
        const std::size_t equals = pair.find('=');
        if (equals != npos && iequals(pair.substr(0, equals), name)) return pair.substr(equals + 1);
    }
    return std::nullopt;
}

bool is_token_endpoint(const Exchange& exchange) {
    for (const std::string& path : exchange.expected->refresh_paths)
        if (exchange.request.path == path) return true;
    if (exchange.request.method != "POST") return false;
    return form_value(exchange.request.form_body, "grant_type").has_value() ||
           form_value(exchange.request.query, "grant_type").has_value() ||
           exchange.request.json_body.find("\"grant_type\"") != npos || is_refresh_call(exchange);
}

bool is_refresh_call(const Exchange& exchange) {
    if (exchange.request.method == "POST" &&
        form_value(exchange.request.form_body, "grant_type") == "refresh_token")
        return true;
    for (const std::string& path : exchange.expected->refresh_paths)
        if (exchange.request.path == path) return true;
    // A call of an own API: a refresh token in body or cookie, and a path that says so.
    if (exchange.request.method != "POST" || !exchange.credentials.empty()) return false;
    const std::string_view path = exchange.request.path;
    for (const Carried& one : exchange.carried)
        if (one.holds == Holds::refresh_token && one.where != Where::field &&
            (icontains(path, "refresh") || icontains(path, "token") || icontains(path, "renew")))
            return true;
    return false;
}

bool lists(const Fields& fields, std::string_view name, std::string_view member) {
    for (const Field& line : fields.lines()) {
        if (!iequals(line.name, name)) continue;
        std::string_view rest = line.value;
        while (!rest.empty()) {
            const std::size_t end = rest.find(',');
            const std::string_view item = trim(rest.substr(0, end));
            rest = end == npos ? std::string_view() : rest.substr(end + 1);
            if (iequals(trim(item.substr(0, item.find_first_of(";="))), member)) return true;
        }
    }
    return false;
}

bool WebOrigin::loopback() const { return CookieOrigin{scheme, host}.loopback(); }

std::optional<WebOrigin> web_origin(std::string_view url) {
    WebOrigin origin;
    const std::size_t colon = url.find("://");
    if (colon == npos) return std::nullopt;
    origin.scheme = url.substr(0, colon);
    if (iequals(origin.scheme, "http")) {
        origin.port = 80;
    } else if (iequals(origin.scheme, "https")) {
        origin.port = 443;
    } else {
        return std::nullopt;
    }
    std::string_view authority = url.substr(colon + 3);
    authority = authority.substr(0, authority.find_first_of("/?#"));
    if (const std::size_t at = authority.rfind('@'); at != npos)
        authority = authority.substr(at + 1);
    const std::size_t host_end = authority.starts_with('[') ? authority.find(']') : 0;
    if (host_end == npos) return std::nullopt;
    const std::size_t port = authority.find(':', host_end);
    origin.host = authority.substr(0, port);
    if (host_end > 0) origin.host = authority.substr(1, host_end - 1);
    if (origin.host.empty()) return std::nullopt;
    if (port == npos || port + 1 == authority.size()) return origin;
    const char* const end = authority.data() + authority.size();
    const auto [stop, error] = std::from_chars(authority.data() + port + 1, end, origin.port);
    if (error != std::errc() || stop != end || origin.port > 65535) return std::nullopt;
    return origin;
}

bool same_origin(const WebOrigin& one, const WebOrigin& other) {
    return iequals(one.scheme, other.scheme) && iequals(one.host, other.host) &&
           one.port == other.port;
}

bool is_cross_origin(const Exchange& exchange) {
    const std::optional<std::string_view> sent = exchange.request.fields.first("Origin");
    if (!sent || sent->empty()) return false;
    // The browser's own word: a proxy in front of us (a dev server's) may have changed Host.
    if (iequals(exchange.request.fields.first("Sec-Fetch-Site").value_or(""), "same-origin"))
        return false;
    const std::optional<WebOrigin> caller = web_origin(*sent);
    const std::optional<WebOrigin> dialled = web_origin(exchange.place.client_origin);
    // An opaque origin ("null") is no one's own.
    return !caller || !dialled || !same_origin(*caller, *dialled);
}

bool is_cors_request(const Exchange& exchange) {
    if (!is_cross_origin(exchange)) return false;
    const std::string_view mode = exchange.request.fields.first("Sec-Fetch-Mode").value_or("cors");
    if (!iequals(mode, "cors") && !iequals(mode, "same-origin")) return false;
    return !iequals(exchange.request.fields.first("Upgrade").value_or(""), "websocket");
}

bool is_script_request(const Exchange& exchange) {
    const Fields& fields = exchange.request.fields;
    if (iequals(fields.first("X-Requested-With").value_or(""), "XMLHttpRequest")) return true;
    const std::string_view mode = fields.first("Sec-Fetch-Mode").value_or("");
    return (iequals(mode, "cors") || iequals(mode, "same-origin")) &&
           iequals(fields.first("Sec-Fetch-Dest").value_or(""), "empty");
}

bool may_prompt(const Exchange& exchange) {
    const auto site = exchange.request.fields.first("Sec-Fetch-Site");
    return !site || iequals(*site, "same-origin") || iequals(*site, "none");
}

bool is_explained_by(const Exchange& exchange, Trait trait) {
    for (const CauseRow& row : catalogue()) {
        if (!row.cause.has(trait)) continue;
        if (row.check ? row.check(exchange).has_value() : exchange.heard.says(row.cause.id))
            return true;
    }
    return false;
}

}  // namespace whogoes::rules::compliance
