#pragma once

#include "proxy/mcp/server.hpp"

// MCP over a pair of descriptors: one message a line either way, nothing else on the way out.
namespace whogoes::mcp {

// Until the client closes its end, or nobody reads the answers any more. Takes a message after the
// other: an answer is never overtaken.
void serve_stdio(const Server&, int in, int out);

}  // namespace whogoes::mcp
