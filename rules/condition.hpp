#pragma once

#include "rules/dialect.hpp"

#include <cstddef>
#include <string_view>

// Whether what a dialect asks of an exchange is so. Not the choice of what to ask: that is
// told.cpp's.
namespace whogoes::rules {

class Heard;
struct Exchange;

inline constexpr std::size_t longest_excerpt = 200;

// Whether one condition holds of an exchange that was heard so far; `text` becomes what was
// matched, where words were.
bool holds(Condition, const Exchange&, const Heard&, std::string_view& text);

// Whether a built-in system of this host tells of refusals inside a success, so that the bodies of
// its successes are worth a look. `origin`: scheme://host[:port].
bool refuses_in_successes(std::string_view origin);

// At most 200 octets of a text, with what stands from `at` to `end` in it.
std::string_view around(std::string_view text, std::size_t at, std::size_t end);

}  // namespace whogoes::rules
