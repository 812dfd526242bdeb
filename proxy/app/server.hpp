#pragma once

#include "proxy/app/options.hpp"

namespace whogoes::app {

// Runs the proxy until it is told to stop or its command ends, and gives the exit code. Throws
// where it cannot start.
int run_server(const RunOptions& options);

}  // namespace whogoes::app
