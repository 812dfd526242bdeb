#pragma once

#include "proxy/app/log_words.hpp"

#include <CLI/App.hpp>

// The flags of `whogoes log`, told to the command line's parser.
namespace whogoes::app {

void add_log_flags(CLI::App& verb, LogArguments& into);

}  // namespace whogoes::app
