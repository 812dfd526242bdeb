#include "rules/causes/edge.hpp"

#include "rules/causes/reading.hpp"
#include "rules/edge.hpp"
#include "rules/text.hpp"

#include <utility>

namespace whogoes::rules::causes {
namespace {

// Not the 5xx and 2xx that are looked at for other reasons.
bool is_refusal(const Exchange& exchange) { return exchange.response.status >= 400; }

// With the status alone.
bool is_mute_refusal(const Exchange& exchange) {
    return is_forbidden(exchange) && exchange.challenges.absent() && exchange.credentials.empty() &&
           exchange.heard.told.empty() && exchange.heard.unheard().empty();
}

// No server's own, and on the list of those that know of it alone.
bool is_of_an_extension(std::string_view origin) {
    for (const std::string_view scheme :
         {"chrome-extension://", "moz-extension://", "safari-web-extension://"})
        if (istarts_with(origin, scheme)) return true;
    return false;
}

}  // namespace

std::optional<Evidence> gateway_route_missing(const Exchange& exchange) {
    std::vector<Fact> facts{fact("path", exchange.request.path)};
    add(facts, "x_amzn_errortype", aws_error_type(exchange));
    add(facts, "x_amz_apigw_id", response_field(exchange, "x-amz-apigw-id"));
    std::optional<Evidence> evidence = told(exchange, "gateway-route-missing", std::move(facts));
    if (evidence) evidence->words += ", as for a path, stage or method that it does not know";
    return evidence;
}

std::optional<Evidence> aws_signature_rejected(const Exchange& exchange) {
    std::vector<Fact> facts;
    add(facts, "x_amzn_errortype", aws_error_type(exchange));
    return told(exchange, "aws-signature-rejected", std::move(facts));
}

std::optional<Evidence> waf_blocked(const Exchange& exchange) {
    if (!is_refusal(exchange)) return std::nullopt;
    const std::string_view mark = firewall_mark(exchange);
    std::vector<Fact> facts;
    add(facts, "body_marker", mark);
    add(facts, "server", response_field(exchange, "Server"));
    add(facts, "cf_ray", response_field(exchange, "CF-RAY"));
    add(facts, "cf_mitigated", response_field(exchange, "cf-mitigated"));
    if (mark.empty()) return told(exchange, "waf-blocked", std::move(facts));
    return proof(
        "a firewall or CDN refused before the API saw the request (" + std::string(mark) + ")",
        std::move(facts));
}

std::optional<Evidence> client_certificate_required(const Exchange& exchange) {
    const int status = exchange.response.status;
    std::vector<Fact> facts{fact("status", status)};
    add(facts, "server", response_field(exchange, "Server"));
    if (status == 495 || status == 496)
        return proof("nginx says by the status " + std::to_string(status) +
                         " that a client certificate is missing or refused",
                     std::move(facts));
    return told(exchange, "client-certificate-required", std::move(facts));
}

std::optional<Evidence> rate_limited(const Exchange& exchange) {
    if (!is_refusal(exchange)) return std::nullopt;
    const std::string_view mark = throttle_mark(exchange);
    const bool by_status = exchange.response.status == 429;
    std::vector<Fact> facts;
    add(facts, "retry_after", response_field(exchange, "Retry-After"));
    add(facts, "ratelimit_limit", response_field(exchange, "X-RateLimit-Limit"));
    add(facts, "ratelimit_remaining", response_field(exchange, "X-RateLimit-Remaining"));
    add(facts, "ratelimit_reset", response_field(exchange, "X-RateLimit-Reset"));
    if (by_status)
        return proof("the status is 429, too many requests" +
                         (mark.empty() ? std::string() : ", with " + std::string(mark)),
                     std::move(facts));
    const int status = exchange.response.status;
    if (status != 401 && status != 403 && status != 400) return std::nullopt;
    const bool waits = iequals(mark, "Retry-After");
    if (std::optional<Evidence> said = told(exchange, "rate-limited", facts)) {
        if (mark.empty()) return said;
        return proof("the answer is a throttle's: " + std::string(mark) +
                         (waits ? " is there" : " is used up") + ", and " + said->words,
                     std::move(facts));
    }
    if (mark.empty()) return std::nullopt;
    if (waits && exchange.heard.told.empty() && exchange.heard.unheard().empty())
        return proof("the answer is a throttle's: Retry-After is there", std::move(facts));
    // The last request of a quota is answered like any other, with nothing left.
    if (!waits && status != 403) return std::nullopt;
    return shape("the answer is like a throttle's: " + std::string(mark) +
                     (waits ? " is there" : " is used up"),
                 std::move(facts));
}

std::optional<Evidence> host_rejected(const Exchange& exchange) {
    std::vector<Fact> facts;
    add(facts, "host_sent", request_field(exchange, "Host"));
    return told(exchange, "host-rejected", std::move(facts));
}

std::optional<Evidence> cors_origin_rejected(const Exchange& exchange) {
    const bool without_it = is_forbidden(exchange) &&
                            exchange.recollection.accepted_without_origin &&
                            exchange.request.fields.has("Origin");
    std::vector<Fact> facts;
    add(facts, "origin", request_field(exchange, "Origin"));
    add(facts, "host", request_field(exchange, "Host"));
    add(facts, "x_forwarded_host", request_field(exchange, "X-Forwarded-Host"));
    if (!without_it) {
        if (std::optional<Evidence> said = told(exchange, "cors-origin-rejected", facts))
            return said;
        const std::string_view origin = request_field(exchange, "Origin");
        if (origin.empty() || !is_mute_refusal(exchange)) return std::nullopt;
        // Phoenix, Go's gorilla, Socket.IO and their like look at Origin before anything else.
        if (iequals(request_field(exchange, "Upgrade"), "websocket"))
            return shape(
                "a WebSocket handshake with an Origin was answered 403 without a word, as servers "
                "do that do not allow this Origin",
                std::move(facts));
        if (!is_of_an_extension(origin) || !exchange.carries(Sent::nothing) ||
            exchange.response.fields.has("Access-Control-Allow-Origin"))
            return std::nullopt;
        return shape(
            "a browser's extension asked, and was answered 403 without a word, as servers do that "
            "do not allow its Origin",
            std::move(facts));
    }
    return shape("the same request without Origin was answered 2xx", std::move(facts));
}

}  // namespace whogoes::rules::causes
