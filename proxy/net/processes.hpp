#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace whogoes::net {

struct Process {
    int id = 0;
    std::vector<std::string> words;  // of its command line, the program's own name first
};

// Those of this user that run a program of this name, this process left out. `proc` is where
// proc(5) lies. What cannot be read is left out, too. Elsewhere: sysctl(3) with KERN_PROC, or none,
// and a verb has to be told which proxy it means.
std::vector<Process> processes_named(const std::string& name,
                                     const std::filesystem::path& proc = "/proc");

}  // namespace whogoes::net
