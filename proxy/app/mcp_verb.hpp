#pragma once

#include "proxy/app/command_line.hpp"

// `whogoes mcp`: an MCP server on standard input and output, for an agent that starts it.
namespace whogoes::app {

int run_mcp(const CommandLine&, const Surroundings&);

}  // namespace whogoes::app
