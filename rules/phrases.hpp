#pragma once

#include "rules/wording.hpp"

#include <span>
#include <string_view>

// The phrases that wording.cpp listens for, and which of them what upstream uses.
namespace whogoes::rules {

// In lower case. A blank stands for any run of white space, "_" and "-"; "*" for at most 80 octets
// up to the start of a word. Matched at whole words only: "locked" is not in "blocked".
struct Phrase {
    std::string_view words;
    Wording wording;
};

std::span<const Phrase> phrases_beginning_with(char lower_case_octet) noexcept;

}  // namespace whogoes::rules
