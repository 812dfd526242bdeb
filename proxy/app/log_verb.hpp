#pragma once

#include "proxy/app/command_line.hpp"
#include "proxy/app/config.hpp"
#include "rules/time.hpp"

// Runs `whogoes log`: adds to what was asked where the configured log is and what the terminal
// takes.
namespace whogoes::app {

int run_log(const CommandLine&, const Surroundings&, rules::TimePoint now);

}  // namespace whogoes::app
