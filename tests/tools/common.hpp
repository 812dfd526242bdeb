#pragma once
// What the tests of the tools share: the moment that they all take for now, and a look into a text.

#include "rules/time.hpp"

#include <chrono>
#include <string_view>

namespace whogoes::tools {

inline constexpr rules::TimePoint now{std::chrono::seconds{1790000000}};

inline bool holds(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

}  // namespace whogoes::tools
