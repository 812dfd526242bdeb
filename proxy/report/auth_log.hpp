#pragma once

#include "proxy/report/event.hpp"
#include "proxy/report/recent.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

// The authentication log of the process: spdlog's asynchronous logger in front of a sink of our own
// that writes whole lines with write(2), rotates, reopens and counts. Thread-safe. A full queue or
// a full disk drops lines, counts them and says so once a minute on stderr; it never stalls.
namespace whogoes::report {

enum class LogFormat : std::uint8_t { json, pretty };
enum class Colour : std::uint8_t { never, always };

struct LogSettings {
    LogFormat format = LogFormat::json;  // `auto` is settled by whoever builds this
    std::string output = "stderr";       // stderr, stdout, or a path
    std::string output_asked_at{};       // "whogoes.yaml:3:5", for messages; empty: nobody asked
    std::size_t rotate_size = 50 * 1024 * 1024;
    std::chrono::seconds rotate_age{7 * 24 * 3600};
    Colour colour = Colour::never;
    bool utf8 = true;
    int columns = 0;       // 0: ask the terminal, else 100
    bool verbose = false;  // -v: every exchange on the console
    bool quiet = false;
    bool dev = false;         // the front-end profile
    bool local_time = false;  // on the console; records are in UTC
    std::size_t keep = 5000;  // events kept in memory for the review page
};

class AuthLog {
public:
    // Throws std::system_error, naming the path, where the output cannot be opened.
    explicit AuthLog(const LogSettings&);
    ~AuthLog();  // flushes
    AuthLog(const AuthLog&) = delete;
    AuthLog& operator=(const AuthLog&) = delete;

    // SIGUSR1. Empty: done; else why not, in words: the old file stays in use, and the path is
    // tried again with each write.
    std::string reopen();
    void apply(const LogSettings&);  // reload; keeps counters. Throws as the constructor does
    void flush(std::chrono::milliseconds at_most);
    std::uint64_t dropped() const;

    // The last events, for the review page.
    RecentEvents& kept();

    // Prometheus text of whogoes_auth_* and whogoes_log_events_dropped_total.
    std::string metrics() const;

    struct Impl;
    Impl& impl() { return *impl_; }

private:
    std::unique_ptr<Impl> impl_;
};

}  // namespace whogoes::report
