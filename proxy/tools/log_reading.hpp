#pragma once

#include "proxy/tools/log.hpp"
#include "proxy/tools/log_entry.hpp"
#include "proxy/tools/log_source.hpp"
#include "rules/result.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

// What every part of `whogoes log` does alike: finds the sources, drops what is not wanted, counts
// what is no record, and keeps the account for --fail-on.
namespace whogoes::tools {

class LogReading {
public:
    using TakeRecord = std::function<bool(const Glance&)>;  // false: no more

    LogReading(LogFilter filter, std::vector<std::string> fail_on);

    void tell(std::function<void(std::uint64_t done, std::uint64_t of)> progress) {
        progress_ = std::move(progress);
    }

    // Reads all of the sources. Problems are kept, and the others are read all the same.
    void read(const std::vector<LogSource>&, const TakeRecord&);
    // One line, as read() does it.
    bool take(std::string_view line, const TakeRecord&);

    void is_broken() { ++broken_; }  // a record that could not be read after all
    std::uint64_t records() const { return records_; }
    bool anything_read() const { return anything_read_; }
    const std::vector<std::string>& problems() const { return problems_; }

    std::string remarks() const;   // "3 lines are no records of whogoes"; empty: all were
    std::string findings() const;  // of --fail-on: "a (3), b (1)"; empty: none

private:
    LogFilter filter_;
    std::map<std::string, std::uint64_t, std::less<>> fail_on_;
    std::uint64_t records_ = 0, foreign_ = 0, broken_ = 0;
    std::vector<std::string> problems_;
    bool anything_read_ = false;
    std::function<void(std::uint64_t, std::uint64_t)> progress_;
};

// Where to read, by what was asked and what is configured. The error says what could be named.
rules::Result<std::vector<LogSource>, std::string> log_sources(const LogRequest&);

// The parts. Each is given sources that are there and prints its own output.
void list_log(const LogRequest&, LogReading&, const std::vector<LogSource>&, const LogStreams&);
void follow_log(const LogRequest&, LogReading&, const std::vector<LogSource>&, const LogStreams&);
void summarise_log(const LogRequest&, LogReading&, const std::vector<LogSource>&,
                   const LogStreams&);
std::string count_log(const LogRequest&, LogReading&, const std::vector<LogSource>&,
                      const LogStreams&);  // an error, or nothing
std::size_t show_log(const LogRequest&, LogReading&, const std::vector<LogSource>&,
                     const LogStreams&);  // how many it found
std::string export_log(const LogRequest&, LogReading&, const std::vector<LogSource>&,
                       const LogStreams&);
int purge_log(const LogRequest&, const LogStreams&);

// The card of one event: why, what was sent, what came, what was changed.
std::string why_card(const Entry&, const report::ConsoleStyle&);

}  // namespace whogoes::tools
