#include "rules/compliance/json_body.hpp"
#include "rules/compliance/readings.hpp"
#include "rules/compliance/status.hpp"
#include "rules/text.hpp"

#include <boost/json.hpp>

#include <array>

namespace whogoes::rules::compliance {
namespace {

constexpr std::array<std::string_view, 8> refusing_words{
    "unauthenticated", "unauthorized", "notauthenticated", "authenticationrequired",
    "forbidden",       "accessdenied", "invalidtoken",     "tokenexpired"};

std::string without_marks(std::string_view text) {
    std::string plain;
    for (const char c : text)
        if (c != '-' && c != '_') plain += lower(c);
    return plain;
}

bool is_refusing(const boost::json::value* value) {
    if (!value) return false;
    if (const auto number = whole_number(*value)) return *number == 401 || *number == 403;
    const boost::json::string* text = value->if_string();
    if (!text || text->size() > 40) return false;
    const std::string plain = without_marks({text->data(), text->size()});
    if (plain == "401" || plain == "403") return true;
    for (const std::string_view word : refusing_words)
        if (plain == word) return true;
    return false;
}

// The first record of a GraphQL answer's errors.
const boost::json::object* first_error(const boost::json::object& body) {
    const boost::json::value* errors = body.if_contains("errors");
    const boost::json::array* list = errors ? errors->if_array() : nullptr;
    return list && !list->empty() ? list->front().if_object() : nullptr;
}

// JSON-RPC 2.0, 5.1: an error object in place of a result; its code is the server's own.
bool is_refusing_call(const boost::json::object& body) {
    if (!body.if_contains("jsonrpc")) return false;
    const boost::json::value* error = body.if_contains("error");
    const boost::json::object* object = error ? error->if_object() : nullptr;
    return object && (is_refusing(object->if_contains("code")) ||
                      is_refusing(object->if_contains("message")));
}

// Free text and nested records never count: an API may well list tickets with a code of 401.
std::string refusing_member(const boost::json::object& body) {
    for (const std::string_view name : {"code", "status", "statusCode", "error"})
        if (is_refusing(body.if_contains(boost::json::string_view(name.data(), name.size()))))
            return std::string(name);
    if (is_refusing_call(body)) return "error";
    const boost::json::object* error = first_error(body);
    if (!error) return {};
    if (is_refusing(error->if_contains("code"))) return "errors[0].code";
    const boost::json::value* extensions = error->if_contains("extensions");
    const boost::json::object* more = extensions ? extensions->if_object() : nullptr;
    if (more && is_refusing(more->if_contains("code"))) return "errors[0].extensions.code";
    return {};
}

// {"success":false}, {"ok":false}, {"status":"error"}: that it failed, and not yet why.
std::string failing_member(const boost::json::object& body) {
    for (const std::string_view name : {"success", "ok"}) {
        const boost::json::value* value = body.if_contains(name);
        if (value && value->is_bool() && !value->get_bool()) return std::string(name);
    }
    const boost::json::value* status = body.if_contains("status");
    const boost::json::string* text = status ? status->if_string() : nullptr;
    for (const std::string_view word : {"error", "fail", "failed", "failure"})
        if (text && iequals({text->data(), text->size()}, word)) return "status";
    return {};
}

// Whether the answer's words are about the credential of the call, or that there is none.
bool speaks_of_the_caller(const Exchange& exchange) {
    const bool came = exchange.carries(Sent::credential);
    for (const Told& told : exchange.heard.told) {
        const CauseRow* const row = find_row(told.saying->cause);
        if (!row || told.saying->weak) continue;
        if (row->step == Step::absent) return true;
        if (came && row->step >= Step::malformed && row->step < Step::rest) return true;
    }
    return false;
}

// ASP.NET's way to tell a script of a status that its own redirect hid.
bool has_hidden_status(const Exchange& exchange) {
    const auto hidden = exchange.response.fields.first("X-Responded-JSON");
    if (!hidden) return false;
    const auto json = json_object(*hidden);
    return json && is_refusing(json->if_contains("status"));
}

bool is_login_form(const Exchange& exchange) {
    if (!istarts_with(exchange.response.fields.first("Content-Type").value_or(""), "text/html") ||
        !icontains(exchange.request.fields.first("Accept").value_or(""), "json"))
        return false;
    const std::string_view body = exchange.response.body;
    return icontains(body, "<form") &&
           (icontains(body, "type=\"password\"") || icontains(body, "type='password'") ||
            icontains(body, "type=password"));
}

}  // namespace

std::optional<Evidence> soft_unauthorized(const Exchange& exchange) {
    if (!is_success(exchange)) return std::nullopt;
    if (exchange.rpc.status) return std::nullopt;  // a call has a status of its own
    if (has_hidden_status(exchange))
        return certain("X-Responded-JSON tells of a refusal behind this success");
    if (!body_was_seen(exchange)) return std::nullopt;
    if (is_login_form(exchange))
        return likely("a login form came where JSON was asked for, with a success status");
    const auto body = json_body(exchange);
    std::string member = body ? refusing_member(*body) : std::string();
    if (body && member.empty() && speaks_of_the_caller(exchange)) member = failing_member(*body);
    if (member.empty()) return std::nullopt;
    return likely("the body tells of a refusal in its member " + member + ", the status is " +
                      std::to_string(exchange.response.status),
                  {{"member", member}});
}

}  // namespace whogoes::rules::compliance
