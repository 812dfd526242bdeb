#pragma once

#include "proxy/manual/program.hpp"

#include <string>

// whogoes.1, in the man macros: every verb, flag, setting, variable, file and exit status.
namespace whogoes::manual {

std::string man_page(const Program&);

}  // namespace whogoes::manual
