#include "proxy/net/process_usage.hpp"

#include <dirent.h>
#include <fstream>
#include <sstream>
#include <string>
#include <unistd.h>

namespace whogoes::net {
namespace {

std::uint64_t open_descriptors() {
    DIR* folder = ::opendir("/proc/self/fd");
    if (folder == nullptr) return 0;
    std::uint64_t count = 0;
    while (const dirent* entry = ::readdir(folder)) count += entry->d_name[0] != '.';
    ::closedir(folder);
    return count - 1;  // the folder's own
}

std::uint64_t boot_time() {
    std::ifstream stat("/proc/stat");
    std::string word;
    std::uint64_t value = 0;
    while (stat >> word) {
        if (word == "btime" && stat >> value) return value;
    }
    return 0;
}

}  // namespace

std::optional<ProcessUsage> process_usage() {
    std::ifstream file("/proc/self/stat");
    std::string line;
    if (!std::getline(file, line)) return std::nullopt;
    // The second field is the program's name in parentheses and may hold spaces (proc(5)).
    std::istringstream fields(line.substr(line.rfind(')') + 1));
    std::string skipped;
    std::uint64_t user = 0, system = 0, start = 0, pages = 0;
    ProcessUsage usage;
    for (int i = 3; i < 14; ++i) fields >> skipped;
    fields >> user >> system >> skipped >> skipped >> skipped >> skipped >> usage.threads;
    fields >> skipped >> start >> usage.virtual_octets >> pages;
    if (!fields) return std::nullopt;
    const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
    usage.cpu_s = static_cast<double>(user + system) / ticks;
    usage.resident_octets = pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    usage.open_descriptors = open_descriptors();
    usage.started_at_unix = static_cast<double>(boot_time()) + static_cast<double>(start) / ticks;
    return usage;
}

}  // namespace whogoes::net
