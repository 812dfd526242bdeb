#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

// What a worker counts: one plain struct, written by its worker alone and read by the control
// thread at any time. No locks and no read-modify-write on the hot path.
namespace whogoes::net {

class Counter {
public:
    void add(std::uint64_t n = 1) noexcept {
        value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    }
    void subtract(std::uint64_t n = 1) noexcept {
        value_.store(value_.load(std::memory_order_relaxed) - n, std::memory_order_relaxed);
    }
    std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

// Upper bounds of the buckets in microseconds: 1 ms to 10 s; the last bucket is +Inf.
inline constexpr std::array<std::uint32_t, 12> histogram_bounds_us{
    1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000, 1000000, 2500000, 10000000};

class Histogram {
public:
    void observe(std::chrono::microseconds duration) noexcept {
        const auto us = static_cast<std::uint64_t>(duration.count() < 0 ? 0 : duration.count());
        std::size_t bucket = 0;
        while (bucket < histogram_bounds_us.size() && us > histogram_bounds_us[bucket]) ++bucket;
        buckets[bucket].add();
        sum_us.add(us);
    }

    std::array<Counter, histogram_bounds_us.size() + 1> buckets;  // not cumulative
    Counter sum_us;
};

enum class Method : std::uint8_t { get, head, post, put, patch, delete_, options, other };
inline constexpr std::size_t method_count = 8;

struct Counters {
    // By method and by status - 100; an answer outside 100 to 599 counts as 599.
    std::array<std::array<Counter, 500>, method_count> requests;
    Counter client_http_1, client_http_2;      // requests, by what they were spoken in
    Counter upstream_http_1, upstream_http_2;  // the same, of those that the API answered
    std::array<Histogram, 5> duration;         // by status class: 1xx to 5xx
    Histogram upstream_duration;               // until the upstream's head

    Counter client_connections_active;  // gauges: added to and subtracted from
    Counter client_connections_idle;
    Counter upstream_connections_active;
    Counter upstream_connections_idle;
    Counter client_connections_total;
    Counter upstream_connections_total;
    Counter upstream_retries;  // stale pooled connection, sent once more
    Counter accept_pauses;     // file descriptors used up, or the connection limit
    Counter own_replies;       // answers of the proxy's own
    Counter turns_passed_on;   // a busy connection let the others go first
    Counter bodies_unseen;     // large ones that went from socket to socket inside the kernel
};

}  // namespace whogoes::net
