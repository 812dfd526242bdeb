#pragma once

#include <optional>
#include <string>

namespace whogoes::net {

// What this kernel lacks, in a sentence; empty: nothing. Asked before anything else: without random
// numbers a key would be one that everybody knows. Elsewhere: getentropy(2) has been there for
// longer than all else that is needed, so nothing lacks.
std::optional<std::string> kernel_flaw();

}  // namespace whogoes::net
