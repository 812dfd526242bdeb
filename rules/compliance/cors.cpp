#include "rules/compliance/cors.hpp"

#include "rules/compliance/readings.hpp"
#include "rules/text.hpp"

namespace whogoes::rules::compliance {
namespace {

constexpr std::string_view allow_origin = "Access-Control-Allow-Origin";
constexpr std::string_view allow_headers = "Access-Control-Allow-Headers";
constexpr std::string_view expose_headers = "Access-Control-Expose-Headers";

bool asks_for_authorization(const Exchange& exchange) {
    return exchange.preflight &&
           lists(exchange.request.fields, "Access-Control-Request-Headers", "authorization");
}

bool allows_credentials(const Exchange& exchange) {
    // Fetch compares this value with case.
    return exchange.response.fields.first("Access-Control-Allow-Credentials").value_or("") ==
           "true";
}

std::string origin_of(const Exchange& exchange) {
    return std::string(exchange.request.fields.first("Origin").value_or(""));
}

// Whoever passed the request on may add what the API leaves out.
bool is_passed_on(const Fields& fields) {
    for (const std::string_view mark :
         {"X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via"})
        if (fields.has(mark)) return true;
    return false;
}

// Without a browser's word on it (Sec-Fetch-Site is sent to https and loopback only): a page of the
// same origin names no Origin with GET, one behind TLS that ends in front of us names our Host, and
// a form navigates.
bool reads_across_origins(const Exchange& exchange) {
    const Fields& fields = exchange.request.fields;
    const std::string_view origin = fields.first("Origin").value_or("");
    const std::size_t at = origin.find("://");
    if (at == npos || !web_origin(origin)) return false;
    if (iequals(origin.substr(at + 3), fields.first("Host").value_or(""))) return false;
    if (exchange.request.method == "GET" || exchange.request.method == "HEAD") return true;
    if (fields.has("Authorization")) return true;
    const std::string_view type = fields.first("Content-Type").value_or("");
    return !type.empty() && !istarts_with(type, "application/x-www-form-urlencoded") &&
           !istarts_with(type, "multipart/form-data") && !istarts_with(type, "text/plain");
}

// Nothing of CORS is about it.
bool is_websocket(const Exchange& exchange) {
    return iequals(exchange.request.fields.first("Upgrade").value_or(""), "websocket");
}

}  // namespace

std::optional<Evidence> preflight_rejected(const Exchange& exchange) {
    if (!exchange.preflight || is_success(exchange)) return std::nullopt;
    return certain(
        "the preflight was answered " + std::to_string(exchange.response.status),
        {{"status", std::int64_t{exchange.response.status}}, {"origin", origin_of(exchange)}});
}

std::optional<Evidence> preflight_redirected(const Exchange& exchange) {
    if (!exchange.preflight || !is_redirect(exchange)) return std::nullopt;
    return certain("the preflight was redirected with " + std::to_string(exchange.response.status),
                   {{"status", std::int64_t{exchange.response.status}}});
}

std::optional<Evidence> cors_missing_on_auth_error(const Exchange& exchange) {
    if (!is_refusal(exchange) || !is_cors_request(exchange) ||
        exchange.response.fields.has(allow_origin))
        return std::nullopt;
    return certain("this " + std::to_string(exchange.response.status) + " to " +
                       origin_of(exchange) + " has no Access-Control-Allow-Origin",
                   {{"origin", origin_of(exchange)}});
}

std::optional<Evidence> cors_missing_on_success(const Exchange& exchange) {
    const Fields& fields = exchange.request.fields;
    // An old browser does not say that script asked; a credential tells it from a mere link.
    const bool by_script = iequals(fields.first("Sec-Fetch-Mode").value_or(""), "cors") ||
                           fields.has("Authorization") || fields.has("Cookie");
    if (!is_success(exchange) || exchange.preflight || exchange.response.fields.has(allow_origin) ||
        !by_script || !is_cors_request(exchange) || is_passed_on(fields))
        return std::nullopt;
    std::string words = "this " + std::to_string(exchange.response.status) + " to " +
                        origin_of(exchange) + " has no Access-Control-Allow-Origin";
    std::vector<Fact> facts = {{"origin", origin_of(exchange)}};
    const auto site = fields.first("Sec-Fetch-Site");
    if (!site) {
        if (!reads_across_origins(exchange)) return std::nullopt;
        return likely(std::move(words), std::move(facts));
    }
    if (!iequals(*site, "cross-site") && !iequals(*site, "same-site")) return std::nullopt;
    return certain(std::move(words), std::move(facts));
}

std::optional<Evidence> cors_expose_headers_missing(const Exchange& exchange) {
    if (!is_refusal(exchange) || exchange.challenges.absent() || exchange.preflight ||
        !is_cors_request(exchange) || !exchange.response.fields.has(allow_origin))
        return std::nullopt;
    const Fields& fields = exchange.response.fields;
    if (lists(fields, expose_headers, "WWW-Authenticate")) return std::nullopt;
    // "*" is a name like any other once the request had credentials (cookies).
    const bool credentials = allows_credentials(exchange) || exchange.request.fields.has("Cookie");
    if (!credentials && lists(fields, expose_headers, "*")) return std::nullopt;
    return certain("Access-Control-Expose-Headers does not name WWW-Authenticate");
}

std::optional<Evidence> cors_grpc_status_hidden(const Exchange& exchange) {
    const Fields& fields = exchange.response.fields;
    if (exchange.rpc.system != RpcSystem::grpc_web || !fields.has("grpc-status") ||
        exchange.preflight || !is_cors_request(exchange) || !fields.has(allow_origin))
        return std::nullopt;
    const bool credentials = allows_credentials(exchange) || exchange.request.fields.has("Cookie");
    if (!credentials && lists(fields, expose_headers, "*")) return std::nullopt;
    std::string hidden;
    for (const std::string_view name : {"grpc-status", "grpc-message"}) {
        if (!fields.has(name) || lists(fields, expose_headers, name)) continue;
        hidden.append(hidden.empty() ? "" : " and ").append(name);
    }
    if (hidden.empty()) return std::nullopt;
    return certain("Access-Control-Expose-Headers does not name " + hidden +
                       ", which the answer has in its head",
                   {{"origin", origin_of(exchange)}});
}

std::optional<Evidence> cors_allow_headers_missing_authorization(const Exchange& exchange) {
    if (!asks_for_authorization(exchange) || !is_success(exchange)) return std::nullopt;
    const Fields& fields = exchange.response.fields;
    if (lists(fields, allow_headers, "authorization") || lists(fields, allow_headers, "*"))
        return std::nullopt;
    return certain("the preflight asks for authorization, and the answer does not allow it");
}

std::optional<Evidence> cors_allow_headers_wildcard_authorization(const Exchange& exchange) {
    if (!asks_for_authorization(exchange)) return std::nullopt;
    const Fields& fields = exchange.response.fields;
    if (!lists(fields, allow_headers, "*") || lists(fields, allow_headers, "authorization"))
        return std::nullopt;
    return certain("Access-Control-Allow-Headers is \"*\", which does not cover Authorization");
}

std::optional<Evidence> cors_wildcard_with_credentials(const Exchange& exchange) {
    const auto allowed = exchange.response.fields.first(allow_origin);
    if (!allowed || *allowed != "*" || is_websocket(exchange)) return std::nullopt;
    if (allows_credentials(exchange))
        return certain(
            "Access-Control-Allow-Origin is \"*\" beside "
            "Access-Control-Allow-Credentials: true");
    if (exchange.request.fields.has("Cookie") && is_cors_request(exchange))
        return certain("Access-Control-Allow-Origin is \"*\", and the request carried a cookie");
    return std::nullopt;
}

std::optional<Evidence> cors_origin_multiple(const Exchange& exchange) {
    const auto first = exchange.response.fields.first(allow_origin);
    if (!first || is_websocket(exchange)) return std::nullopt;
    const std::size_t count = exchange.response.fields.count(allow_origin);
    if (count > 1)
        return certain(
            "the answer has " + std::to_string(count) + " Access-Control-Allow-Origin fields",
            {{"count", static_cast<std::int64_t>(count)}});
    if (first->find(',') == npos) return std::nullopt;
    return certain("Access-Control-Allow-Origin holds a list");
}

std::optional<Evidence> cors_vary_origin_missing(const Exchange& exchange) {
    const auto allowed = exchange.response.fields.first(allow_origin);
    if (!allowed || *allowed == "*" || is_websocket(exchange)) return std::nullopt;
    if (exchange.request.fields.first("Origin") != allowed) return std::nullopt;
    if (lists(exchange.response.fields, "Vary", "Origin") ||
        lists(exchange.response.fields, "Vary", "*"))
        return std::nullopt;
    return certain(
        "Access-Control-Allow-Origin repeats the request's Origin, and Vary does not "
        "say so",
        {{"origin", origin_of(exchange)}});
}

}  // namespace whogoes::rules::compliance
