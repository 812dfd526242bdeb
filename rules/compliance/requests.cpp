#include "rules/compliance/requests.hpp"

#include "rules/compliance/readings.hpp"
#include "rules/text.hpp"

namespace whogoes::rules::compliance {
namespace {

constexpr std::size_t shortest_secret = 8;

// A password may be short; "reset_password=1" and "password=true" are none.
bool is_short_password(std::string_view name, std::string_view value) {
    if (!iequals(name, "password")) return iequals(name, "p");
    for (const std::string_view flag : {"", "0", "1", "true", "false", "yes", "no"})
        if (iequals(value, flag)) return false;
    return true;
}

bool is_secret(std::string_view query, std::string_view name, std::string_view value) {
    if (value.size() < shortest_secret && !is_short_password(name, value)) return false;
    const Holds holds = holds_in_query(query, name, value);
    return holds == Holds::token || holds == Holds::api_key || holds == Holds::refresh_token ||
           holds == Holds::password || holds == Holds::signature || holds == Holds::session;
}

}  // namespace

std::optional<Evidence> token_in_url(const Exchange& exchange) {
    std::string_view rest = exchange.request.query;
    while (!rest.empty()) {
        const std::size_t end = rest.find('&');
        const std::string_view pair = rest.substr(0, end);
        rest = end == npos ? std::string_view() : rest.substr(end + 1);
        const std::size_t equals = pair.find('=');
        if (equals == npos ||
            !is_secret(exchange.request.query, pair.substr(0, equals), pair.substr(equals + 1)))
            continue;
        const std::string name(pair.substr(0, equals));
        return certain("the query parameter " + name + " holds a credential",
                       {{"query_key", name}});
    }
    return std::nullopt;
}

std::optional<Evidence> multiple_token_methods(const Exchange& exchange) {
    std::vector<std::string> methods;
    const Request& request = exchange.request;
    if (request.query.empty() && request.form_body.empty()) return std::nullopt;
    if (token_in_header(exchange)) methods.push_back("header");
    if (!form_value(request.form_body, "access_token").value_or("").empty())
        methods.push_back("form");
    if (!form_value(request.query, "access_token").value_or("").empty()) methods.push_back("query");
    if (methods.size() < 2) return std::nullopt;
    return certain("the token was sent in " + std::to_string(methods.size()) + " ways at once",
                   {{"methods", methods}});
}

std::optional<Evidence> multiple_authorization_fields(const Exchange& exchange) {
    const std::size_t lines = exchange.credentials.size();
    if (lines < 2) return std::nullopt;
    return certain("the request has " + std::to_string(lines) + " Authorization fields",
                   {{"count", static_cast<std::int64_t>(lines)}});
}

}  // namespace whogoes::rules::compliance
