#pragma once

#include "proxy/report/admin.hpp"
#include "proxy/tools/log_source.hpp"
#include "rules/exchange.hpp"
#include "rules/fingerprint.hpp"
#include "rules/time.hpp"

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

// What the tools ask the rest of the program for. An empty function: nobody has it here.
namespace whogoes::mcp {

struct Sources {
    std::string version{};  // of this program
    std::function<rules::TimePoint()> now{};
    // "15m", "12:51" and their like, as `whogoes log --since` takes them.
    std::function<std::optional<rules::TimePoint>(std::string_view)> moment{};

    // Calls `take` with each line of the log, oldest first. The error is one sentence that says
    // where it looked and what to do; empty: all was read.
    std::function<std::string(const tools::TakeLine& take)> records{};

    // Those of the configuration and of this installation, for a credential that is explained.
    rules::Expectations expected{};
    std::function<std::optional<rules::FingerprintKey>()> fingerprint_key{};
    // A variable of the environment, and a file, of the user whose agent asks. Not over HTTP.
    std::function<std::string(const std::string& name)> variable{};
    std::function<std::optional<std::string>(const std::string& path)> file{};

    std::function<std::string()>
        upstream{};                     // "http://localhost:3000"; empty: lint has none to ask
    std::function<bool()> simulates{};  // whether --dev runs
    std::function<report::SimulationOutcome(const report::SimulationWish&)> simulate{};
};

// Set where nobody waits for an answer any more, because the process ends. May be null.
using Abandoned = const std::atomic<bool>*;

}  // namespace whogoes::mcp
