#pragma once

#include <CLI/App.hpp>

#include <functional>

// The command line's parser itself, with its verbs and flags, for who tells of them elsewhere.
// Parses nothing.
namespace whogoes::app {

// The parser lives as long as the call.
void look_at_command_line(const std::function<void(const CLI::App&)>& look);

}  // namespace whogoes::app
