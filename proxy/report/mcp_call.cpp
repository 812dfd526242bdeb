#include "proxy/report/mcp_call.hpp"

#include "rules/json_members.hpp"
#include "rules/text.hpp"

#include <algorithm>
#include <array>

namespace whogoes::report {
namespace {

constexpr std::size_t longest_name = 128;  // of a tool (2026-07-28, "Tool Names")

// The methods that a client calls, in all revisions from 2024-11-05 on.
constexpr std::array<std::string_view, 18> mcp_methods{
    "initialize",
    "server/discover",
    "ping",
    "tools/list",
    "tools/call",
    "resources/list",
    "resources/templates/list",
    "resources/read",
    "resources/subscribe",
    "resources/unsubscribe",
    "prompts/list",
    "prompts/get",
    "completion/complete",
    "logging/setLevel",
    "subscriptions/listen",
    "notifications/initialized",
    "notifications/cancelled",
    "notifications/roots/list_changed",
};

bool is_method(std::string_view text) {
    return std::find(mcp_methods.begin(), mcp_methods.end(), text) != mcp_methods.end();
}

// What a tool may be called; anything else is no name that a log should hold.
bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= longest_name &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return rules::is_alpha(c) || rules::is_digit(c) || c == '_' || c == '-' ||
                      c == '.' || c == '/';
           });
}

bool has_name(std::string_view method) { return method == "tools/call" || method == "prompts/get"; }

// "=?base64?…?=" (2026-07-28, "Value Encoding").
std::string field_value(std::string_view text) {
    constexpr std::string_view begin = "=?base64?", end = "?=";
    if (!text.starts_with(begin) || !text.ends_with(end) || text.size() < begin.size() + end.size())
        return std::string(text);
    text.remove_prefix(begin.size());
    text.remove_suffix(end.size());
    const auto decoded = rules::decode_base64(text);
    return decoded.ok() ? decoded.bytes : std::string();
}

McpCall call_in_body(std::string_view body) {
    McpCall call;
    bool rpc = false;
    std::string_view name;
    rules::JsonMembers members(body);
    rules::JsonMembers::Value value;
    while (members.next(value)) {
        if (!value.is_string) continue;
        const std::string_view key = members.name_at(value.depth);
        if (value.depth == 1 && key == "jsonrpc") rpc = value.raw == "2.0";
        if (value.depth == 1 && key == "method" && is_method(value.raw)) call.method = value.raw;
        if (value.depth == 2 && members.name_at(1) == "params" && key == "name") name = value.raw;
    }
    if (!rpc || call.method.empty()) return {};
    if (has_name(call.method) && is_name(name)) call.tool = name;
    return call;
}

}  // namespace

McpCall mcp_call_of(const rules::Request& request) {
    if (request.method != "POST") return {};
    const auto method = request.fields.first("mcp-method");
    if (!method) return request.json_body.empty() ? McpCall{} : call_in_body(request.json_body);
    if (!is_method(*method)) return {};
    McpCall call{std::string(*method), {}};
    const auto name = request.fields.first("mcp-name");
    if (!name || !has_name(call.method)) return call;
    if (const std::string value = field_value(*name); is_name(value)) call.tool = value;
    return call;
}

}  // namespace whogoes::report
