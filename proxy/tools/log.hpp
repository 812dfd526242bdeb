#pragma once

#include "proxy/report/console.hpp"
#include "proxy/tools/log_filter.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// `whogoes log`: what a log tells, after the fact or as it grows. Reads records and changes none,
// but for purge. All that it prints is safe for a terminal.
namespace whogoes::tools {

enum class LogAction { list, summary, stats, show, export_records, purge };
enum class LogForm { jsonl, curl, markdown, har };

inline constexpr std::size_t all_lines = std::numeric_limits<std::size_t>::max();

// What `stats` counts by.
inline constexpr std::string_view log_columns =
    "cause|route|path|token|method|status|client|event|rule";

struct LogRequest {
    LogAction action = LogAction::list;
    std::vector<std::string> inputs{};  // files, "-" and URLs; empty: the two that follow
    std::string log_file{};             // as configured; empty: none
    std::string admin_url{};            // of the running instance; empty: it has none
    std::string local_token{};          // of the proxy at admin_url, for nobody else
    // The key of a running instance by its URL, where that names none; may be empty.
    std::function<std::string(const std::string& url)> token_for{};
    std::string origin{};   // where clients send their requests, for exports
    std::string version{};  // of this program, for exports

    LogFilterWords filter{};
    std::vector<std::string> ids{};      // of show and export
    std::vector<std::string> fail_on{};  // as fail_on_ids() takes them
    std::size_t lines = 50;              // of the list
    bool follow = false;
    bool json = false;
    report::ConsoleStyle style{};

    std::vector<std::string> by{};  // of stats
    std::optional<std::chrono::milliseconds> bucket{};
    LogForm form = LogForm::jsonl;  // of export
    std::string har_file{};
    bool confirmed = false;  // of purge
};

struct LogStreams {
    std::function<void(std::string_view)> print{};
    std::function<void(std::string_view)> complain{};  // one line, without its newline
    // Between two looks at a log that is followed; false ends it.
    std::function<bool()> pause{};
    // While a log is read that does not grow: bytes so far, and of all files. May be empty.
    std::function<void(std::uint64_t done, std::uint64_t of)> progress{};
};

// The exit code: 0 fine, 1 --fail-on found something, 2 usage, or nothing could be read.
int review_log(const LogRequest&, const LogStreams&);

}  // namespace whogoes::tools
