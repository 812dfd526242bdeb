#include "proxy/http/head.hpp"
#include "proxy/http/octets.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace whogoes::http {
namespace {

using Row = std::pair<std::string_view, FieldName>;

// Sorted by length at compile time: a name is compared with those of its own length only.
constexpr auto known_names = [] {
    using enum FieldName;
    std::array rows{
        Row{"accept", accept},
        Row{"access-control-allow-origin", access_control_allow_origin},
        Row{"access-control-expose-headers", access_control_expose_headers},
        Row{"access-control-request-method", access_control_request_method},
        Row{"authorization", authorization},
        Row{"cache-control", cache_control},
        Row{"connection", connection},
        Row{"content-encoding", content_encoding},
        Row{"content-length", content_length},
        Row{"content-type", content_type},
        Row{"cookie", cookie},
        Row{"date", date},
        Row{"expect", expect},
        Row{"forwarded", forwarded},
        Row{"host", host},
        Row{"http2-settings", http2_settings},
        Row{"idempotency-key", idempotency_key},
        Row{"keep-alive", keep_alive},
        Row{"location", location},
        Row{"max-forwards", max_forwards},
        Row{"origin", origin},
        Row{"prefer", prefer},
        Row{"proxy-authenticate", proxy_authenticate},
        Row{"proxy-authorization", proxy_authorization},
        Row{"proxy-connection", proxy_connection},
        Row{"retry-after", retry_after},
        Row{"sec-fetch-mode", sec_fetch_mode},
        Row{"server-timing", server_timing},
        Row{"set-cookie", set_cookie},
        Row{"te", te},
        Row{"traceparent", traceparent},
        Row{"trailer", trailer},
        Row{"transfer-encoding", transfer_encoding},
        Row{"upgrade", upgrade},
        Row{"user-agent", user_agent},
        Row{"vary", vary},
        Row{"via", via},
        Row{"www-authenticate", www_authenticate},
        Row{"x-forwarded-for", x_forwarded_for},
        Row{"x-forwarded-host", x_forwarded_host},
        Row{"x-forwarded-port", x_forwarded_port},
        Row{"x-forwarded-proto", x_forwarded_proto},
        Row{"x-request-id", x_request_id},
        Row{"x-responded-json", x_responded_json},
    };
    std::sort(rows.begin(), rows.end(), [](const Row& left, const Row& right) {
        return left.first.size() < right.first.size();
    });
    return rows;
}();

constexpr std::size_t longest_name = known_names.back().first.size();

// first_of_length[n] is the index of the first row with a name of n octets or more.
constexpr auto first_of_length = [] {
    std::array<std::uint8_t, longest_name + 2> index{};
    for (std::size_t length = 0; length < index.size(); ++length) {
        std::uint8_t row = 0;
        while (row < known_names.size() && known_names[row].first.size() < length) ++row;
        index[length] = row;
    }
    return index;
}();

constexpr std::string_view access_control = "access-control-";

}  // namespace

FieldName field_name(std::string_view name) noexcept {
    if (name.size() <= longest_name) {
        for (std::size_t row = first_of_length[name.size()]; row < first_of_length[name.size() + 1];
             ++row) {
            if (same_word(name, known_names[row].first)) return known_names[row].second;
        }
    }
    if (name.size() > access_control.size() &&
        same_word(name.substr(0, access_control.size()), access_control))
        return FieldName::access_control_other;
    return FieldName::other;
}

const FieldLine* Head::find(FieldName wanted) const noexcept {
    for (const FieldLine& line : fields) {
        if (line.name == wanted) return &line;
    }
    return nullptr;
}

std::string_view Head::value(FieldName wanted) const noexcept {
    const FieldLine* line = find(wanted);
    return line ? value_of(*line) : std::string_view{};
}

std::string_view Head::value_named(std::string_view wanted) const noexcept {
    for (const FieldLine& line : fields)
        if (same_word(name_of(line), wanted)) return value_of(line);
    return {};
}

int Head::count(FieldName wanted) const noexcept {
    int lines = 0;
    for (const FieldLine& line : fields) lines += line.name == wanted ? 1 : 0;
    return lines;
}

}  // namespace whogoes::http
