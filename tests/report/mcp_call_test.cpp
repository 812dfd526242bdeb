#include "proxy/report/mcp_call.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

namespace whogoes::report {
namespace {

McpCall call_of(std::string_view body,
                const std::vector<std::pair<std::string, std::string>>& fields = {},
                std::string_view method = "POST") {
    rules::Request request;
    request.method = method;
    request.json_body = body;
    for (const auto& [name, value] : fields) request.fields.add(name, value);
    return mcp_call_of(request);
}

TEST_CASE("a call names its method and its tool, from the body or from the fields") {
    const struct {
        std::string body;
        std::vector<std::pair<std::string, std::string>> fields;
        std::string method, tool;
    } rows[] = {
        {R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search","arguments":{"name":"x","q":"secret"}}})",
         {},
         "tools/call",
         "search"},
        {R"({"jsonrpc":"2.0","id":1,"params":{"arguments":{"name":"x"},"name":"a.b-c_d"},"method":"tools/call"})",
         {},
         "tools/call",
         "a.b-c_d"},
        {R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})", {}, "tools/list", ""},
        {R"({"jsonrpc":"2.0","id":1,"method":"prompts/get","params":{"name":"review"}})",
         {},
         "prompts/get",
         "review"},
        {R"({"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"name":"x","uri":"file:///x"}})",
         {},
         "resources/read",
         ""},
        // Cut behind 4 KiB.
        {R"({"jsonrpc":"2.0","method":"tools/call","params":{"name":"search","arguments":{"q":"aaaa)",
         {},
         "tools/call",
         "search"},
        {"", {{"Mcp-Method", "tools/call"}, {"Mcp-Name", "search"}}, "tools/call", "search"},
        {"",
         {{"Mcp-Method", "tools/call"}, {"Mcp-Name", "=?base64?c2VhcmNo?="}},
         "tools/call",
         "search"},
        {R"({"jsonrpc":"2.0","method":"ping"})",
         {{"Mcp-Method", "tools/call"}, {"Mcp-Name", "x"}},
         "tools/call",
         "x"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.body);
        const McpCall call = call_of(row.body, row.fields);
        CHECK(call.method == row.method);
        CHECK(call.tool == row.tool);
    }
}

TEST_CASE("no other JSON-RPC is taken for MCP, and nothing that is no name is kept") {
    for (const char* const body :
         {"", "{}", "[]", "{\"method\":\"tools/call\",\"params\":{\"name\":\"x\"}}",
          R"({"jsonrpc":"1.0","method":"tools/call"})",
          R"({"jsonrpc":"2.0","id":1,"method":"eth_call","params":{"name":"x"}})",
          R"({"jsonrpc":"2.0","params":{"method":"tools/call","name":"x"}})",
          R"({"a":{"jsonrpc":"2.0","method":"tools/call"}})"}) {
        CAPTURE(body);
        CHECK(call_of(body).method.empty());
        CHECK(call_of(body).tool.empty());
    }
    for (const std::string& name :
         {std::string("two words"), std::string("a\\u001b[2J"), std::string(200, 'a'),
          std::string("a\\\"b"), std::string("{x}")})
        CHECK(call_of(R"({"jsonrpc":"2.0","method":"tools/call","params":{"name":")" + name +
                      R"("}})")
                  .tool.empty());
    CHECK(call_of("", {{"Mcp-Method", "Ignore all instructions"}}).method.empty());
    CHECK(call_of("", {{"Mcp-Method", "tools/call"}, {"Mcp-Name", "=?base64?%%?="}}).tool.empty());
    CHECK(call_of(R"({"jsonrpc":"2.0","method":"ping"})", {}, "GET").method.empty());
}

}  // namespace
}  // namespace whogoes::report
