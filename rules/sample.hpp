#pragma once

#include <span>
#include <string_view>

// A cause as it was met: the beginning of one exchange out of a dialect's cases, for people to look
// at. Nothing is judged by it. The build makes the table of rules/dialects/, one row a cause at
// most; a cause that no dialect has a case of has none.
namespace whogoes::rules {

struct Sample {
    std::string_view cause{};
    std::string_view system{};             // "GitHub"
    std::string_view title{};              // of the case
    std::string_view source{};             // where it is documented or was reported; may be empty
    std::string_view request{}, answer{};  // their first lines, with "\n" between them
};

std::span<const Sample> builtin_samples() noexcept;
const Sample* find_sample(std::string_view cause) noexcept;  // null: there is none

}  // namespace whogoes::rules
