#pragma once

#include <string>
#include <string_view>

// Text for troff and mandoc: nothing in it acts on them.
namespace whogoes::manual {

// One line, without its newline. A hyphen is one that can be copied into a shell.
std::string roff(std::string_view text);

}  // namespace whogoes::manual
