#include "proxy/mcp/arguments.hpp"

#include "proxy/mcp/tool.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <string>

namespace whogoes::mcp {
namespace {

constexpr std::string_view schema = R"({"type": "object", "required": ["a"], "properties": {
"a": {"type": "string", "maxLength": 5}, "n": {"type": "integer", "minimum": 1, "maximum": 9},
"e": {"type": "string", "enum": ["x", "y"]},
"l": {"type": "array", "maxItems": 2, "items": {"type": "string"}}}})";

TEST_CASE("arguments are held against the schema, and the flaw names the argument") {
    const struct {
        const char* arguments;
        const char* flaw;
    } rows[] = {
        {R"({"a": "b"})", ""},
        {R"({"a": "b", "n": 3, "e": "y", "l": ["q", "r"]})", ""},
        {R"({})", "a is missing"},
        {R"({"a": 1})", "a is not of type string"},
        {R"({"a": "123456"})", "a is too long"},
        {R"({"a": "b", "n": 0})", "n is a number from 1 to 9"},
        {R"({"a": "b", "n": "3"})", "n is not of type integer"},
        {R"({"a": "b", "e": "z"})", "e is one of x, y"},
        {R"({"a": "b", "l": ["q", 1]})", "l: an item is not of type string"},
        {R"({"a": "b", "l": ["q", "r", "s"]})", "l has more than 2 items"},
        {R"({"a": "b", "zzzz": 1})", "there is no such argument: take a, n, e, l"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.arguments);
        CHECK(misfit(json::parse(row.arguments).get_object(), schema) == row.flaw);
    }
}

TEST_CASE("every tool has schemas that are objects, and inputs of which nothing else is taken") {
    for (const Tool& tool : all_tools()) {
        CAPTURE(tool.name);
        const json::value input = json::parse({tool.input.data(), tool.input.size()});
        const json::value output = json::parse({tool.output.data(), tool.output.size()});
        CHECK(input.at("type") == "object");
        CHECK(input.at("additionalProperties") == false);
        CHECK(output.at("type") == "object");
        CHECK(static_cast<bool>(tool.run));
        CHECK(tool.read_only == (tool.name != "simulate"));
        for (const auto& [name, property] : input.at("properties").get_object()) {
            CAPTURE(std::string(name));
            CHECK(property.get_object().contains("type"));
            CHECK(property.get_object().contains("description"));
        }
        for (const json::value& name : output.at("required").get_array())
            CHECK(output.at("properties").get_object().contains(name.get_string()));
    }
}

}  // namespace
}  // namespace whogoes::mcp
