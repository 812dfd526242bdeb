#pragma once

#include "proxy/http/head.hpp"
#include "rules/exchange.hpp"
#include "rules/history.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_set>
#include <vector>

// rules::History for a process of several workers. Refusals and other events take its lock; a
// success passes a gate of its worker's own first, which lets each credential through about once a
// second, so that the hot path costs one hash and never another worker's cache line.
namespace whogoes::observe {

struct Exchange;

// One a worker.
class AcceptedGate {
public:
    explicit AcceptedGate(std::uint64_t key) : key_(key) {}
    // Whether this success is worth telling History: carries credentials, and was not told lately.
    bool opens(const http::RequestHead&, std::int64_t now_ms);

private:
    struct Slot {
        std::uint64_t key = 0;
        std::int64_t told_ms = 0;
    };
    std::uint64_t key_;
    std::array<Slot, 512> slots_{};
    std::int64_t second_ = 0;
    int budget_ = 0;
};

class History {
public:
    // With a fingerprint key, a newer token is named as the log names it.
    explicit History(std::uint64_t hash_key, const rules::FingerprintKey* = nullptr);

    rules::Recollection recall(const rules::Exchange&);
    rules::Noted remember(const rules::Exchange&);
    bool is_latest(const rules::Noted&);
    bool is_completed(const rules::Noted& first_leg);
    void refused_again(const rules::Noted&, rules::TimePoint at);
    // Upstream's clock minus ours: the median of the latest Dates; empty until there are three.
    std::optional<std::chrono::seconds> skew();
    // Whether nobody was told of this so far (a hash of it); from now on it is known. Forgets all
    // at once when there is too much of it.
    bool is_news(std::uint64_t what);
    std::uint64_t hash_key() const noexcept { return hash_key_; }

private:
    std::mutex mutex_;
    rules::History history_;
    std::uint64_t hash_key_;
    std::array<std::int64_t, 9> skews_ms_{};
    std::size_t skew_samples_ = 0;
    std::unordered_set<std::uint64_t> told_;
};

}  // namespace whogoes::observe
