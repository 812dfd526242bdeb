#include "rules/compliance/error_body.hpp"

#include "rules/compliance/json_body.hpp"
#include "rules/compliance/readings.hpp"
#include "rules/text.hpp"

#include <boost/json.hpp>

#include <charconv>

namespace whogoes::rules::compliance {
namespace {

bool contradicts(const boost::json::value* value, int status) {
    const auto number = value ? whole_number(*value) : std::nullopt;
    return number && *number >= 400 && *number <= 599 && *number != status;
}

std::string contradicting_member(const boost::json::object& body, int status) {
    for (const std::string_view name : {"status", "statusCode", "status_code"})
        if (contradicts(body.if_contains(boost::json::string_view(name.data(), name.size())),
                        status))
            return std::string(name);
    const boost::json::value* error = body.if_contains("error");
    const boost::json::object* inner = error ? error->if_object() : nullptr;
    if (inner && contradicts(inner->if_contains("code"), status)) return "error.code";
    return {};
}

// RFC 9110, 12.4.2. Nothing that is no number is a weight of zero.
double weight_of(std::string_view range) {
    for (const std::string_view parameter : parts_of(range, ';'))
        if (istarts_with(parameter, "q=")) {
            const std::string_view text = parameter.substr(2);
            double weight = 1;
            std::from_chars(text.data(), text.data() + text.size(), weight);
            return weight;
        }
    return 1;
}

struct Preference {
    double weight = 0;
    std::size_t position = 0;
};

// JSON is named, and HTML is not or stands behind it. A wildcard is no wish for HTML.
bool prefers_json(std::string_view accept) {
    Preference json, html;
    const std::vector<std::string_view> ranges = parts_of(accept, ',');
    for (std::size_t i = 0; i < ranges.size(); ++i) {
        const std::string_view type = trim(ranges[i].substr(0, ranges[i].find(';')));
        const double weight = weight_of(ranges[i]);
        if (iequals(type, "application/json") || iends_with(type, "+json"))
            json = weight > json.weight ? Preference{weight, i} : json;
        if (iequals(type, "text/html") || iequals(type, "application/xhtml+xml"))
            html = weight > html.weight ? Preference{weight, i} : html;
    }
    if (json.weight <= 0) return false;
    return json.weight > html.weight ||
           (json.weight >= html.weight && json.position < html.position);
}

}  // namespace

std::optional<Evidence> error_body_status_mismatch(const Exchange& exchange) {
    if (exchange.response.status < 400 || !body_was_seen(exchange)) return std::nullopt;
    const auto body = json_body(exchange);
    const std::string member =
        body ? contradicting_member(*body, exchange.response.status) : std::string();
    if (member.empty()) return std::nullopt;
    return certain("the body's member " + member + " names another status than " +
                       std::to_string(exchange.response.status),
                   {{"member", member}});
}

std::optional<Evidence> unauthorized_html_for_api_client(const Exchange& exchange) {
    if (!is_refusal(exchange)) return std::nullopt;
    const auto type = exchange.response.fields.first("Content-Type");
    if (!type || !istarts_with(*type, "text/html")) return std::nullopt;
    if (!prefers_json(exchange.request.fields.first("Accept").value_or(""))) return std::nullopt;
    return certain("the client prefers JSON, the error body is HTML");
}

}  // namespace whogoes::rules::compliance
