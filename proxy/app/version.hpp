#pragma once

#include <string>

namespace whogoes::app {

std::string version();  // "0.1.0"
std::string commit();   // short hash of the source it was built from; "unknown" outside a checkout

}  // namespace whogoes::app
