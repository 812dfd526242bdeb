#pragma once

#include <string>

namespace whogoes::app {

std::string version();  // "1.0.0": CMakeLists.txt says it, and nobody else
std::string commit();   // short hash of the source it was built from; "unknown" outside a checkout

}  // namespace whogoes::app
