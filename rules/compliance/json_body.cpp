#include "rules/compliance/json_body.hpp"

#include "rules/text.hpp"

#include <boost/json.hpp>

#include <cmath>

namespace whogoes::rules::compliance {

std::optional<boost::json::object> json_object(std::string_view text) {
    const std::size_t start = text.find_first_not_of(" \t\r\n");
    if (start == npos || text[start] != '{') return std::nullopt;
    boost::json::parse_options options;
    options.max_depth = 16;
    boost::system::error_code error;
    boost::json::value value = boost::json::parse({text.data(), text.size()}, error, {}, options);
    if (error || !value.is_object()) return std::nullopt;
    return std::move(value.get_object());
}

std::optional<boost::json::object> json_body(const Exchange& exchange) {
    if (exchange.response.body_evidence != BodyEvidence::whole) return std::nullopt;
    const std::string_view type = exchange.response.fields.first("Content-Type").value_or("");
    if (!icontains(type.substr(0, type.find(';')), "json")) return std::nullopt;
    return json_object(exchange.response.body);
}

std::optional<std::int64_t> whole_number(const boost::json::value& value) {
    if (const std::int64_t* number = value.if_int64()) return *number;
    const double* number = value.if_double();
    if (!number || std::abs(*number) > 1e15 || std::trunc(*number) != *number) return std::nullopt;
    return static_cast<std::int64_t>(*number);
}

}  // namespace whogoes::rules::compliance
