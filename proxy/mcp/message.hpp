#pragma once

#include "rules/result.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <string_view>

// JSON-RPC 2.0 as MCP uses it: one message taken apart, and the answers to one. Knows no method and
// no transport. Parsing what a peer sent never throws.
namespace whogoes::mcp {

namespace json = boost::json;

// The codes that MCP 2026-07-28 lists (basic, "Error Codes").
enum class Fault : int {
    parse = -32700,
    invalid_request = -32600,
    no_method = -32601,
    invalid_params = -32602,
    internal = -32603,
    header_mismatch = -32020,
    unsupported_version = -32022,
};

struct Message {
    json::value id;      // a string or a number; null: a notification
    std::string method;  // empty: an answer, which nobody here has asked for
    json::object params;

    bool is_request() const { return !method.empty() && !id.is_null(); }
};

struct Flaw {
    Fault fault = Fault::internal;
    std::string words;  // for whoever reads it: nothing of the message is quoted
    json::value id{};   // null: it could not be read
    json::value data{};
};

rules::Result<Message, Flaw> read_message(std::string_view text);

std::string result_text(const json::value& id, json::object result);
std::string flaw_text(const Flaw&);

}  // namespace whogoes::mcp
