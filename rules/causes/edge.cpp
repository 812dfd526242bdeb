#include "rules/causes/edge.hpp"

#include "rules/causes/reading.hpp"
#include "rules/edge.hpp"
#include "rules/text.hpp"

#include <utility>

namespace whogoes::rules::causes {
namespace {

// Not the 5xx and 2xx that are looked at for other reasons.
bool is_refusal(const Exchange& exchange) { return exchange.response.status >= 400; }

// Words like "too many" and "IP" are about the caller only where the status is.
bool is_about_caller(const Exchange& exchange) {
    return acts_as(exchange) == 401 || is_forbidden(exchange) || exchange.response.status == 429;
}

}  // namespace

std::optional<Evidence> gateway_route_missing(const Exchange& exchange) {
    const std::string_view type = aws_error_type(exchange);
    const bool by_type = iequals(type, "MissingAuthenticationTokenException");
    const bool by_text =
        exchange.heard.says(Wording::aws_route) && exchange.response.fields.has("x-amz-apigw-id");
    if (!by_type && !by_text) return std::nullopt;
    std::vector<Fact> facts{fact("path", exchange.request.path)};
    add(facts, "x_amzn_errortype", type);
    add(facts, "x_amz_apigw_id", response_field(exchange, "x-amz-apigw-id"));
    return likely(
        "AWS API Gateway says \"Missing Authentication Token\", as it does for a path, stage "
        "or method that it does not know",
        std::move(facts));
}

std::optional<Evidence> aws_signature_rejected(const Exchange& exchange) {
    const std::string_view type = aws_error_type(exchange);
    bool by_type = false;
    for (const std::string_view known :
         {"IncompleteSignature", "InvalidSignature", "SignatureDoesNotMatch"})
        by_type = by_type || istarts_with(type, known);
    if (!by_type && !exchange.heard.says(Wording::aws_signature)) return std::nullopt;
    std::vector<Fact> facts;
    add(facts, "x_amzn_errortype", type);
    return certain(by_type ? "AWS says " + std::string(type)
                           : "AWS says " + saying(exchange, Wording::aws_signature),
                   std::move(facts));
}

std::optional<Evidence> waf_blocked(const Exchange& exchange) {
    const std::string_view mark = is_refusal(exchange) ? firewall_mark(exchange) : "";
    if (mark.empty()) return std::nullopt;
    std::vector<Fact> facts{fact("body_marker", mark)};
    add(facts, "server", response_field(exchange, "Server"));
    add(facts, "cf_ray", response_field(exchange, "CF-RAY"));
    add(facts, "cf_mitigated", response_field(exchange, "cf-mitigated"));
    return certain(
        "a firewall or CDN refused before the API saw the request (" + std::string(mark) + ")",
        std::move(facts));
}

std::optional<Evidence> client_certificate_required(const Exchange& exchange) {
    const int status = exchange.response.status;
    const bool by_status = status == 495 || status == 496;
    if (!by_status && !exchange.heard.says(Wording::client_certificate)) return std::nullopt;
    std::vector<Fact> facts{fact("status", status)};
    add(facts, "server", response_field(exchange, "Server"));
    if (by_status)
        return certain("nginx says by the status " + std::to_string(status) +
                           " that a client certificate is missing or refused",
                       std::move(facts));
    facts.push_back(fact("text", saying(exchange, Wording::client_certificate)));
    return likely("the upstream says " + saying(exchange, Wording::client_certificate),
                  std::move(facts));
}

std::optional<Evidence> rate_limited(const Exchange& exchange) {
    if (!is_refusal(exchange)) return std::nullopt;
    const std::string_view mark = throttle_mark(exchange);
    const bool by_status = exchange.response.status == 429;
    const bool said = exchange.heard.says(Wording::throttled) && is_about_caller(exchange);
    if (mark.empty() && !by_status && !said) return std::nullopt;
    std::vector<Fact> facts;
    add(facts, "retry_after", response_field(exchange, "Retry-After"));
    add(facts, "ratelimit_limit", response_field(exchange, "X-RateLimit-Limit"));
    add(facts, "ratelimit_remaining", response_field(exchange, "X-RateLimit-Remaining"));
    add(facts, "ratelimit_reset", response_field(exchange, "X-RateLimit-Reset"));
    if (!mark.empty())
        return certain("the answer is a throttle's: " + std::string(mark) +
                           (iequals(mark, "Retry-After") ? " is there" : " is used up"),
                       std::move(facts));
    if (by_status) return certain("the status is 429, too many requests", std::move(facts));
    return likely("the upstream says " + saying(exchange, Wording::throttled), std::move(facts));
}

std::optional<Evidence> host_rejected(const Exchange& exchange) {
    if (!exchange.heard.says(Wording::host)) return std::nullopt;
    std::vector<Fact> facts;
    add(facts, "host_sent", request_field(exchange, "Host"));
    return certain("the upstream refuses the Host field: " + saying(exchange, Wording::host),
                   std::move(facts));
}

std::optional<Evidence> cors_origin_rejected(const Exchange& exchange) {
    const bool said = exchange.heard.says(Wording::cors_origin);
    const bool without_it = is_forbidden(exchange) &&
                            exchange.recollection.accepted_without_origin &&
                            exchange.request.fields.has("Origin");
    if (!said && !without_it) return std::nullopt;
    std::vector<Fact> facts;
    add(facts, "origin", request_field(exchange, "Origin"));
    add(facts, "host", request_field(exchange, "Host"));
    add(facts, "x_forwarded_host", request_field(exchange, "X-Forwarded-Host"));
    if (said)
        return certain("the upstream refuses the Origin: " + saying(exchange, Wording::cors_origin),
                       std::move(facts));
    return likely("the same request without Origin was answered 2xx", std::move(facts));
}

std::optional<Evidence> ip_not_allowed(const Exchange& exchange) {
    if (!exchange.heard.says(Wording::address) || !is_about_caller(exchange)) return std::nullopt;
    std::string text = saying(exchange, Wording::address);
    return likely("the upstream says " + text, {fact("text", text)});
}

std::optional<Evidence> account_locked(const Exchange& exchange) {
    if (!exchange.heard.says(Wording::account)) return std::nullopt;
    // An order may be locked too; a 401 is about who asks.
    if (acts_as(exchange) != 401 && !exchange.heard.says(Wording::whose_account))
        return std::nullopt;
    std::string text = saying(exchange, Wording::account);
    return likely("the upstream says " + text, {fact("text", text)});
}

}  // namespace whogoes::rules::causes
