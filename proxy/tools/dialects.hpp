#pragma once

#include <optional>
#include <string>
#include <string_view>

// `whogoes dialects`: the systems whose answers are recognised, and the tests of a file that
// teaches the words of an own API (rules/dialects/README.md). Not the reader of a configuration.
namespace whogoes::tools {

// A line for each built-in dialect: its id, its name, and how much it knows.
std::string list_dialects();

// One built-in dialect in the format that files are written in, without cases; nothing: no such id.
std::optional<std::string> show_dialect(std::string_view id);

// `; did you mean "…"?` with the nearest id, or nothing.
std::string nearest_dialect(std::string_view id);

struct DialectTest {
    std::string error{};  // why the file cannot be read, with place and cure; empty: it was
    std::string
        text{};  // a line for each case, and one for each saying that its text does not show
    bool holds = false;  // all cases came out as they say, and all sayings hold
};

// Reads the file and runs its cases.
DialectTest test_dialect(const std::string& path);

}  // namespace whogoes::tools
