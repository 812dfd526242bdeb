#pragma once

#include <optional>
#include <string>

namespace whogoes::net {

// What this kernel lacks, in a sentence; empty: nothing. Asked before anything else: without random
// numbers a key would be one that everybody knows.
std::optional<std::string> kernel_flaw();

}  // namespace whogoes::net
