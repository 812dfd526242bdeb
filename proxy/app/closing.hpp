#pragma once

#include "proxy/report/console.hpp"
#include "proxy/report/recent.hpp"
#include "proxy/report/tally.hpp"

#include <cstdint>
#include <string>
#include <vector>

// What `--fail-on` makes of a run, once the command beside the proxy has ended. Pure.
namespace whogoes::app {

struct RunSeen {
    report::Counts counts;
    std::vector<report::KeptEvent> events;  // of this run, as far as they are kept
    std::uint64_t requests = 0;             // answered, by whomever
    std::uint64_t own_replies = 0;          // of these, by whogoes in the API's place
};

struct FailOn {
    std::vector<std::string> ids;  // causes and rules; empty: nobody asked
    bool allow_empty = false;      // a run without a request is fine
    bool has_command = false;
};

struct Closing {
    std::string summary;  // "no-credentials (3), …", or why nothing was judged; empty: all is well
    std::string table;    // for a terminal, whole lines: what, why, on which route, how often
    bool failed() const noexcept { return !summary.empty(); }
};

Closing close_run(const FailOn&, const RunSeen&, const report::ConsoleStyle&);

}  // namespace whogoes::app
