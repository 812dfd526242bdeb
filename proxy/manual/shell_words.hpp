#pragma once

#include "proxy/manual/program.hpp"

#include <string>
#include <string_view>
#include <vector>

// What the generators of completions have in common; no shell's own syntax.
namespace whogoes::manual {

// The words that a type offers as they stand, and the kinds of those that it lists.
std::vector<std::string> plain_words(const ValueType&);
std::vector<std::string> kinds_to_list(const ValueType&);
bool takes_file(const ValueType&);

std::string joined(const std::vector<std::string>& words, std::string_view between);

// In single quotes, for a shell of POSIX's family; fish escapes them otherwise.
std::string single_quoted(std::string_view text);

// Every flag of any verb that takes a value. Throws where a name takes one here and none there.
std::vector<std::string> flags_with_values(const Program&);

}  // namespace whogoes::manual
