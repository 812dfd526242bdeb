#pragma once

#include "proxy/mcp/sources.hpp"

#include <boost/json/object.hpp>

#include <span>
#include <string>
#include <string_view>

// A tool of the MCP server: what it is called, what it takes and gives, and what it does.
namespace whogoes::mcp {

namespace json = boost::json;

struct Outcome {
    json::object content{};  // as the output schema has it
    std::string flaw{};      // not empty: one sentence with what is wrong and the cure
};

inline Outcome failed(std::string flaw) { return {{}, std::move(flaw)}; }

using Run = Outcome (*)(const json::object& arguments, const Sources&, Abandoned);

struct Tool {
    std::string_view name, title, description;
    std::string_view input, output;  // JSON Schema 2020-12
    bool read_only = true;
    bool asks_network = false;  // may take seconds
    bool needs_dev = false;
    Run run = nullptr;
};

// All that there are, in the order in which they are listed.
std::span<const Tool> all_tools();
const Tool* find_tool(std::string_view name);
// Whether it can be called with these sources.
bool is_there(const Tool&, const Sources&);

// The tools, by the file that they stand in. Each is given arguments that fit its schema.
Outcome list_failures(const json::object&, const Sources&, Abandoned);
Outcome explain_failure(const json::object&, const Sources&, Abandoned);
Outcome explain_token(const json::object&, const Sources&, Abandoned);
Outcome summarise(const json::object&, const Sources&, Abandoned);
Outcome lint_urls(const json::object&, const Sources&, Abandoned);
Outcome tell_causes(const json::object&, const Sources&, Abandoned);
Outcome simulate(const json::object&, const Sources&, Abandoned);

}  // namespace whogoes::mcp
