#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

// The last events as the log wrote them, in memory, for the review page. Thread-safe; bounded in
// events and in octets; forgets the oldest first.
namespace whogoes::report {

struct KeptEvent {
    std::uint64_t sequence = 0;  // from 1, without gaps
    std::string line;            // JSON, without its newline
};

class RecentEvents {
public:
    static constexpr std::size_t most_octets = 4 * 1024 * 1024;

    void limit(std::size_t events);
    void keep(std::string_view lines);  // whole lines

    // The newest `most` of those behind `after`, oldest first.
    std::vector<KeptEvent> behind(std::uint64_t after, std::size_t most) const;
    // The oldest of those behind `after`, one at least where there is one, `octets` of lines at
    // most but for that one.
    std::vector<KeptEvent> next_behind(std::uint64_t after, std::size_t octets) const;
    std::uint64_t newest() const;  // 0: none was kept yet

private:
    struct Batch {
        std::string lines;
        std::uint64_t first = 0;
        std::size_t count = 0;
    };
    void forget();
    // Calls take(sequence, line) for those from `from` on until it gives false. Holding the lock.
    template <class Take>
    void walk(std::uint64_t from, Take take) const;

    mutable std::mutex mutex_;
    std::deque<Batch> batches_;
    std::size_t limit_ = 5000;
    std::size_t events_ = 0;
    std::size_t octets_ = 0;
    std::uint64_t next_ = 1;
};

}  // namespace whogoes::report
