#include "proxy/net/process_usage.hpp"
#include "proxy/report/exposition.hpp"
#include "proxy/report/metrics.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <sys/resource.h>

namespace whogoes::report {

std::string render_process_metrics() {
    const std::optional<net::ProcessUsage> usage = net::process_usage();
    if (!usage) return {};
    std::string out;
    Exposition text(out);
    text.family("process_cpu_seconds_total", "counter", "User and system CPU time.");
    text.sample({}, usage->cpu_s);
    text.family("process_resident_memory_bytes", "gauge", "Resident memory.");
    text.sample({}, usage->resident_octets);
    text.family("process_virtual_memory_bytes", "gauge", "Virtual memory.");
    text.sample({}, usage->virtual_octets);
    text.family("process_threads", "gauge", "Threads.");
    text.sample({}, usage->threads);
    text.family("process_open_fds", "gauge", "Open file descriptors.");
    text.sample({}, usage->open_descriptors);
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        text.family("process_max_fds", "gauge", "Most file descriptors that may be open.");
        text.sample({}, static_cast<std::uint64_t>(limit.rlim_cur));
    }
    text.family("process_start_time_seconds", "gauge", "Start of the process, Unix time.");
    text.sample({}, usage->started_at_unix);
    return out;
}

}  // namespace whogoes::report
