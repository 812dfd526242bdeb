#include "proxy/mcp/message.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <string>

namespace whogoes::mcp {
namespace {

TEST_CASE("a request, a notification and an answer are told apart") {
    const auto request =
        read_message(R"({"jsonrpc":"2.0","id":"a","method":"x","params":{"y":1}})");
    REQUIRE(request.has_value());
    CHECK(request->is_request());
    CHECK(request->id == "a");
    CHECK(request->params.at("y") == 1);
    const auto notice = read_message(R"({"jsonrpc":"2.0","method":"notifications/initialized"})");
    REQUIRE(notice.has_value());
    CHECK_FALSE(notice->is_request());
    const auto answer = read_message(R"({"jsonrpc":"2.0","id":1,"result":{}})");
    REQUIRE(answer.has_value());
    CHECK_FALSE(answer->is_request());
}

TEST_CASE("what is no message is refused, with the id where it could be read") {
    const struct {
        const char* text;
        Fault fault;
        bool with_id;
    } rows[] = {
        {"", Fault::parse, false},
        {"{", Fault::parse, false},
        {"\x1b[2J", Fault::parse, false},
        {"[]", Fault::invalid_request, false},
        {R"([{"jsonrpc":"2.0","id":1,"method":"ping"}])", Fault::invalid_request, false},
        {"1", Fault::invalid_request, false},
        {R"({"id":1,"method":"ping"})", Fault::invalid_request, false},
        {R"({"jsonrpc":"1.0","id":1,"method":"ping"})", Fault::invalid_request, false},
        {R"({"jsonrpc":"2.0","id":null,"method":"ping"})", Fault::invalid_request, false},
        {R"({"jsonrpc":"2.0","id":{},"method":"ping"})", Fault::invalid_request, false},
        {R"({"jsonrpc":"2.0","id":1})", Fault::invalid_request, true},
        {R"({"jsonrpc":"2.0","id":1,"method":7})", Fault::invalid_request, true},
        {R"({"jsonrpc":"2.0","id":1,"method":"x","params":[1]})", Fault::invalid_params, true},
    };
    for (const auto& row : rows) {
        CAPTURE(row.text);
        const auto read = read_message(row.text);
        REQUIRE_FALSE(read.has_value());
        CHECK(read.error().fault == row.fault);
        const json::value text = json::parse(flaw_text(read.error()));
        CHECK(text.at("error").at("code") == static_cast<int>(row.fault));
        CHECK(text.get_object().contains("id") == row.with_id);
    }
    // Nested without end.
    CHECK_FALSE(read_message(std::string(100000, '[')).has_value());
}

}  // namespace
}  // namespace whogoes::mcp
