#pragma once

#include "proxy/net/counters.hpp"

#include <cstdint>
#include <span>
#include <string>

// /metrics but for the authentication part, which AuthLog::metrics() renders: traffic, connections,
// build, reload and the process itself (interface: section 5).
namespace whogoes::report {

struct Build {
    std::string version;
    std::string commit;
};

struct ReloadState {
    bool successful = true;               // the last one; the start counts
    std::int64_t successful_at_unix = 0;  // of the last one that was
};

// `workers` are summed; a null is skipped.
std::string render_metrics(std::span<const net::Counters* const> workers, const Build&,
                           const ReloadState&);

// What the system tells of this process. Empty where it does not.
std::string render_process_metrics();

}  // namespace whogoes::report
