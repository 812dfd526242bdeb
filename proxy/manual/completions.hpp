#pragma once

#include "proxy/manual/program.hpp"

#include <string>

// What shells read to complete a command line of whogoes. Each stands for itself: it needs neither
// the program nor another package when it runs.
namespace whogoes::manual {

std::string bash_completion(const Program&);
std::string zsh_completion(const Program&);
std::string fish_completion(const Program&);

}  // namespace whogoes::manual
