#include "rules/compliance/caching.hpp"

#include "rules/compliance/readings.hpp"
#include "rules/http_date.hpp"
#include "rules/text.hpp"

#include <charconv>

namespace whogoes::rules::compliance {
namespace {

bool says(const Exchange& exchange, std::string_view directive) {
    return lists(exchange.response.fields, "Cache-Control", directive);
}

// The seconds of max-age or s-maxage; empty: absent or no number.
std::optional<std::int64_t> seconds_of(const Exchange& exchange, std::string_view directive) {
    for (const std::string_view line : exchange.response.fields.every("Cache-Control"))
        for (const std::string_view item : parts_of(line, ',')) {
            const std::size_t equals = item.find('=');
            if (equals == npos || !iequals(trim(item.substr(0, equals)), directive)) continue;
            std::string_view digits = trim(item.substr(equals + 1));
            if (digits.starts_with('"')) digits.remove_prefix(1);  // RFC 9111, 5.2: accepted
            std::int64_t seconds = 0;
            const auto [end, error] =
                std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
            if (error == std::errc() && end != digits.data()) return seconds;
        }
    return std::nullopt;
}

bool expires_later(const Exchange& exchange) {
    const auto expires = exchange.response.fields.first("Expires");
    if (!expires) return false;
    const auto when = parse_http_date(*expires, exchange.answered_at);
    return when && *when > exchange.upstream_date.value_or(exchange.answered_at);
}

std::string explicit_lifetime(const Exchange& exchange) {
    if (says(exchange, "public")) return "public";
    const auto max_age = seconds_of(exchange, "max-age");
    if (max_age.value_or(0) > 0) return "max-age";
    if (seconds_of(exchange, "s-maxage").value_or(0) > 0) return "s-maxage";
    // RFC 9111, 5.3: a recipient ignores Expires beside max-age.
    if (!max_age && expires_later(exchange)) return "Expires";
    return {};
}

std::string shared_permission(const Exchange& exchange) {
    for (const std::string_view directive : {"public", "s-maxage"})
        if (says(exchange, directive)) return std::string(directive);
    // RFC 9111, 3.5: must-revalidate lifts the ban as well.
    return says(exchange, "must-revalidate") ? "must-revalidate" : "";
}

}  // namespace

std::optional<Evidence> unauthorized_cacheable(const Exchange& exchange) {
    if (!is_refusal(exchange)) return std::nullopt;
    if (!exchange.response.fields.has("Cache-Control") && !exchange.response.fields.has("Expires"))
        return std::nullopt;
    if (says(exchange, "no-store") || says(exchange, "no-cache") || says(exchange, "private"))
        return std::nullopt;
    const std::string by = explicit_lifetime(exchange);
    if (by.empty()) return std::nullopt;
    return certain(by + " lets caches keep this " + std::to_string(exchange.response.status),
                   {{"directive", by}});
}

std::optional<Evidence> authorized_response_shared_cacheable(const Exchange& exchange) {
    if (!is_success(exchange) || exchange.credentials.empty() ||
        !exchange.response.fields.has("Cache-Control"))
        return std::nullopt;
    if (says(exchange, "no-store") || says(exchange, "private")) return std::nullopt;
    const std::string by = shared_permission(exchange);
    if (by.empty()) return std::nullopt;
    if (lists(exchange.response.fields, "Vary", "Authorization") ||
        lists(exchange.response.fields, "Vary", "*"))
        return std::nullopt;
    return certain(by + " lets a shared cache give this answer to others", {{"directive", by}});
}

}  // namespace whogoes::rules::compliance
