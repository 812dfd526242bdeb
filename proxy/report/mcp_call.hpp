#pragma once

#include "rules/exchange.hpp"

#include <string>
#include <string_view>

// Which method of MCP a request calls, and which tool, in OpenTelemetry's words: from the fields
// that 2026-07-28 has a client send, else from the beginning of the body that was kept anyway.
// Names alone: never an argument. Judges nothing, and takes no other JSON-RPC for MCP.
namespace whogoes::report {

struct McpCall {
    std::string method;  // "tools/call"; empty: it is none
    std::string tool;    // of tools/call; a prompt's name, of prompts/get. Unredacted
};

McpCall mcp_call_of(const rules::Request&);

}  // namespace whogoes::report
