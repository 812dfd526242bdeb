#pragma once

#include <string>
#include <string_view>

// Guesses what a mistyped word was meant to be. Pure.
namespace whogoes::tools {

// The one of `candidates` (separated by `|`) that is nearest to `text`, else the only one that
// begins with it; empty: there is none.
std::string nearest(std::string_view text, std::string_view candidates);

// "; did you mean "x"?", or nothing.
std::string did_you_mean(std::string_view text, std::string_view candidates);

}  // namespace whogoes::tools
