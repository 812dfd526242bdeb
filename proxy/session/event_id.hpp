#pragma once

#include "rules/time.hpp"

#include <string>

namespace whogoes::session {

// Twelve characters of Crockford's base 32, in order of time: 40 bits of milliseconds (they wrap
// after 34 years) and 20 bits that tell events of one millisecond apart. Thread-safe.
std::string next_event_id(rules::TimePoint);

}  // namespace whogoes::session
