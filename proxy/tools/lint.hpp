#pragma once

#include "proxy/tools/recorded.hpp"
#include "rules/time.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

// `whogoes lint`: holds an answer, or a recording of many, against the whole rulebook and against
// what real clients do with its challenges. Of a request that nobody saw, nothing is said. Shows
// nothing secret.
namespace whogoes::tools {

struct LintRequest {
    std::vector<std::string> inputs;   // URLs, files, or "-"
    std::vector<std::string> headers;  // "Name: value": sent, or known of an answer's request
    std::string method = "GET";
    bool insecure = false;
    std::chrono::milliseconds timeout{10000};
    std::vector<std::string> fail_on;  // as fail_on_ids() takes them; empty: error; "none"
    bool json = false;
    bool utf8 = true;
    const std::atomic<bool>* abandoned = nullptr;  // as FetchRequest has it
    // Told now and then how many of how many answers are judged; may be empty.
    std::function<void(std::uint64_t done, std::uint64_t of)> progress;
};

struct Linted {
    std::string text;   // or JSON
    std::string error;  // not empty: nothing could be judged
    int exit_code = 0;  // 0 fine, 1 found something, 2 usage or unreadable input, 3 unreachable
};

// Judges what was recorded.
Linted lint_recorded(const std::vector<Recorded>&, const LintRequest&, rules::TimePoint now);

// Reads or fetches the input first.
Linted lint(const LintRequest&, rules::TimePoint now);

}  // namespace whogoes::tools
