#pragma once

#include "rules/time.hpp"

#include <optional>
#include <string_view>

// Points in time as people write them. Pure, but for the zone of this machine.
namespace whogoes::app {

// "15m" (so long before `now`), "2026-11-23", "2026-11-23T12:51", "2026-11-23 12:51:24.318Z",
// "…+01:00", and "12:51", which is the last one that was. Where nothing else is said: in UTC, as
// the log has it, or `local`, by the clock on the wall (TZ).
std::optional<rules::TimePoint> parse_moment(std::string_view text, rules::TimePoint now,
                                             bool local = false);

}  // namespace whogoes::app
