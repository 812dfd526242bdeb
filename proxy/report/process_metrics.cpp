#include "proxy/report/exposition.hpp"
#include "proxy/report/metrics.hpp"

#include <cstdint>
#include <dirent.h>
#include <fstream>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

namespace whogoes::report {
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

std::string render_process_metrics() {
    std::ifstream file("/proc/self/stat");
    std::string line;
    if (!std::getline(file, line)) return {};
    // The second field is the program's name in parentheses and may hold spaces (proc(5)).
    std::istringstream fields(line.substr(line.rfind(')') + 1));
    std::string skipped;
    std::uint64_t user = 0, system = 0, threads = 0, start = 0, virtual_octets = 0, pages = 0;
    for (int i = 3; i < 14; ++i) fields >> skipped;
    fields >> user >> system >> skipped >> skipped >> skipped >> skipped >> threads >> skipped;
    fields >> start >> virtual_octets >> pages;
    if (!fields) return {};
    const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));

    std::string out;
    Exposition text(out);
    text.family("process_cpu_seconds_total", "counter", "User and system CPU time.");
    text.sample({}, static_cast<double>(user + system) / ticks);
    text.family("process_resident_memory_bytes", "gauge", "Resident memory.");
    text.sample({}, pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)));
    text.family("process_virtual_memory_bytes", "gauge", "Virtual memory.");
    text.sample({}, virtual_octets);
    text.family("process_threads", "gauge", "Threads.");
    text.sample({}, threads);
    text.family("process_open_fds", "gauge", "Open file descriptors.");
    text.sample({}, open_descriptors());
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        text.family("process_max_fds", "gauge", "Most file descriptors that may be open.");
        text.sample({}, static_cast<std::uint64_t>(limit.rlim_cur));
    }
    text.family("process_start_time_seconds", "gauge", "Start of the process, Unix time.");
    text.sample({}, static_cast<double>(boot_time()) + static_cast<double>(start) / ticks);
    return out;
}

}  // namespace whogoes::report
