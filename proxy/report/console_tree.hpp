#pragma once

#include "proxy/report/console.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace whogoes::report {

// The lines below an event's row, without their branches: why, what the API says, the rules that
// its answer broke, what was done about it, what to do. With style.dev no more than what makes
// four lines of the terminal with the row, which has `row_columns`, each within its width.
std::vector<std::string> console_tree(const AuthEvent&, const ConsoleStyle&,
                                      std::size_t row_columns);

}  // namespace whogoes::report
