#pragma once

#include "proxy/report/line_file.hpp"

#include <spdlog/sinks/sink.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>

// The far end of the log's queue: an spdlog sink that takes batches of whole lines as they are, and
// the account of what is on its way and of what was lost.
namespace whogoes::report {

// Shared by those who hand batches over and by the thread that writes them.
class Backlog {
public:
    static constexpr std::size_t most_batches = 256;
    static constexpr std::size_t most_octets = 8 * 1024 * 1024;

    bool admit(std::size_t octets);  // false: full, and the batch must not be queued
    void written(std::size_t octets);
    void lose(std::uint64_t lines, int error);
    bool drained(std::chrono::milliseconds at_most);
    std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

    // Says on stderr what was lost since the last time, at most once a minute.
    void say_losses();

private:
    std::atomic<std::size_t> batches_{0};
    std::atomic<std::size_t> octets_{0};
    std::atomic<std::uint64_t> dropped_{0};
    std::atomic<std::uint64_t> said_{0};
    std::atomic<std::int64_t> said_at_{0};  // steady seconds; 0: never
    std::atomic<int> error_{0};
    std::mutex mutex_;
    std::condition_variable empty_;
};

class LineSink final : public spdlog::sinks::sink {
public:
    LineSink(const LineFileSettings&, std::shared_ptr<Backlog>);  // throws std::system_error

    void log(const spdlog::details::log_msg&) override;
    void flush() override {}
    void set_pattern(const std::string&) override {}
    void set_formatter(std::unique_ptr<spdlog::formatter>) override {}

    std::string reopen();  // empty: done; else why not, and the old file stays in use
    void change(const LineFileSettings&);  // throws; the old file stays in use then
    int descriptor() const;

private:
    mutable std::mutex mutex_;
    LineFileSettings settings_;
    std::unique_ptr<LineFile> file_;
    std::shared_ptr<Backlog> backlog_;
};

}  // namespace whogoes::report
