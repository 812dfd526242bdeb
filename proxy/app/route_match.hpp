#pragma once

#include "proxy/settings/settings.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace whogoes::app {

// Which requests "/public/**" or "POST /login" is for. What is wrong with it, in sentences; empty:
// nothing.
std::vector<std::string> read_match(std::string_view text, settings::RouteMatch&);

}  // namespace whogoes::app
