#pragma once

#include "proxy/app/build.hpp"
#include "proxy/app/command_line.hpp"
#include "rules/time.hpp"

// Runs `whogoes lint`: adds to what was asked what the configuration expects of this API.
namespace whogoes::app {

// Throws ConfigError where the configuration is wrong.
int run_lint(const CommandLine&, const Surroundings&, rules::TimePoint now);

// The `lint:` block, where the request has not said it.
void build_lint(const View&, Problems&, tools::LintRequest&);

}  // namespace whogoes::app
