#pragma once

#include "proxy/app/command_line.hpp"
#include "proxy/net/processes.hpp"

#include <optional>
#include <vector>

namespace whogoes::app {

// How the one proxy among these processes was started; empty: there is none, or more than one, and
// nobody can tell which is meant.
std::optional<Arguments> running_proxy(const std::vector<net::Process>&);

}  // namespace whogoes::app
