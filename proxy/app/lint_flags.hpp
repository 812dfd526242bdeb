#pragma once

#include "proxy/tools/lint.hpp"

#include <CLI/CLI.hpp>

#include <string>

// The flags of `whogoes lint`.
namespace whogoes::app {

struct LintArguments {
    tools::LintRequest request;
    std::string data;  // -d: text, or "@FILE", "@-"
    std::string timeout = "10s";
    std::string openapi;  // --openapi: a file
};

void add_lint_flags(CLI::App& verb, LintArguments&);

// What is wrong with them by themselves, a whole sentence; empty: nothing.
std::string take_lint(LintArguments&, const std::string& output);

}  // namespace whogoes::app
