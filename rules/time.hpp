#pragma once

#include <chrono>

namespace whogoes::rules {

// Wall-clock time as data. It always comes in from outside; nothing in rules/ asks a clock.
using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;

}  // namespace whogoes::rules
