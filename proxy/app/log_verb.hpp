#pragma once

#include "proxy/app/command_line.hpp"
#include "proxy/app/config.hpp"
#include "rules/time.hpp"

// Runs `whogoes log`: adds to what was asked where the configured log is and what the terminal
// takes.
namespace whogoes::app {

int run_log(const CommandLine&, const Surroundings&, rules::TimePoint now);

// Of a proxy on this machine by its port, as --admin would find it. A key of ours goes to nobody
// else but by WHOGOES_ADMIN_TOKEN.
std::string admin_token_for(const std::string& url, const Surroundings&);

}  // namespace whogoes::app
