#pragma once

#include "proxy/report/auth_log.hpp"
#include "proxy/report/console.hpp"
#include "proxy/report/recent.hpp"
#include "proxy/report/sink.hpp"
#include "proxy/report/tally.hpp"

#include <spdlog/async.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

// The inside of AuthLog, for the recorders that feed it. Everything here may be called from any
// thread.
namespace whogoes::report {

struct AuthLog::Impl {
    explicit Impl(const LogSettings&);
    ~Impl();

    void submit(std::string_view lines);  // whole lines; never blocks
    void show(const AuthEvent&);          // on the console
    void tick(rules::TimePoint now);      // folds and notices that are due

    void enlist(const Tally*);
    void retire(const Tally*);  // its counts are kept
    Counts counts() const;
    std::uint32_t next_recorder() { return recorders_.fetch_add(1); }

    std::shared_ptr<Backlog> backlog;
    std::shared_ptr<LineSink> sink;
    std::shared_ptr<spdlog::details::thread_pool> pool;  // one thread: the writer
    std::shared_ptr<spdlog::async_logger> logger;
    std::atomic<bool> pretty{false};
    RecentEvents recent;

    std::mutex console_mutex;
    Console console;

private:
    std::atomic<std::uint32_t> recorders_{0};
    mutable std::mutex tallies_mutex_;
    std::vector<const Tally*> tallies_;
    Counts retired_;
};

ConsoleStyle console_style(const LogSettings&, int descriptor);

}  // namespace whogoes::report
