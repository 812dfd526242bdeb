#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Values as people write them: sizes, durations, whole numbers, switches. Pure.
namespace whogoes::app {

// "64KiB", "50MiB", "512B". Empty where it is none: a bare number has no unit and is none.
std::optional<std::uint64_t> parse_size(std::string_view text);

// "100ms", "5s", "2m", "1h", "7d", and sums of them in that order from the largest: "1h30m".
// A bare 0 is one; any other bare number is not.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

std::optional<std::uint64_t> parse_count(std::string_view text);

// true, yes, on and false, no, off, without case (YAML 1.1).
std::optional<bool> parse_switch(std::string_view text);

std::string lower_case(std::string_view text);

}  // namespace whogoes::app
