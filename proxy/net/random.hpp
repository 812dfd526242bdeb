#pragma once

#include <cstddef>
#include <string>

namespace whogoes::net {

// So many octets (at least one) of the system's randomness as lower-case hex digits, never all
// zero: an id that nobody guesses. Not a key: nothing wipes it. Throws std::runtime_error where the
// system has none to give.
std::string random_hex(std::size_t octets);

}  // namespace whogoes::net
