#pragma once

#include <cstdint>
#include <optional>

namespace whogoes::net {

// What this process has used so far, and since when, as the system counts it.
struct ProcessUsage {
    double cpu_s = 0;  // of user and system
    std::uint64_t resident_octets = 0;
    std::uint64_t virtual_octets = 0;
    std::uint64_t threads = 0;
    std::uint64_t open_descriptors = 0;
    double started_at_unix = 0;
};

// By proc(5). Empty: the system does not tell. Elsewhere: getrusage(2) for the first, kinfo_proc or
// proc_pidinfo for the rest, or empty.
std::optional<ProcessUsage> process_usage();

}  // namespace whogoes::net
