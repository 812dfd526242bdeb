#pragma once

#include "rules/time.hpp"

#include <optional>
#include <string_view>

// Points in time as people write them. Pure.
namespace whogoes::app {

// "15m" (so long before `now`), "2026-11-23", "2026-11-23T12:51", "2026-11-23 12:51:24.318Z",
// "…+01:00", and "12:51", which is the last one that was. UTC where nothing else is said, as the
// log has it.
std::optional<rules::TimePoint> parse_moment(std::string_view text, rules::TimePoint now);

}  // namespace whogoes::app
