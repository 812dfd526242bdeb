#pragma once

#include "proxy/report/review.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

// One reader's view of the events as they come, as server-sent events (WHATWG HTML, 9.2): what to
// write next, and nothing of how. Holds no events: a reader that falls behind what is kept is told
// how many it lost.
namespace whogoes::report {

class EventStream {
public:
    static constexpr std::size_t most_octets = 128 * 1024;  // in one piece, about
    static constexpr std::chrono::seconds heartbeat{15};

    // Begins behind `after`.
    EventStream(const ReviewSources&, RecordFilter, std::uint64_t after,
                std::function<bool()> ready);

    // What is to be written now; empty: nothing, ask again soon.
    std::string next(std::chrono::steady_clock::time_point now);

private:
    void append_about(std::string& out);
    void append_events(std::string& out);

    const ReviewSources& sources_;
    RecordFilter filter_;
    std::function<bool()> ready_;
    std::uint64_t seen_ = 0;
    bool counts_losses_ = false;  // not of what was forgotten before it began
    std::string about_;
    bool begun_ = false;
    std::chrono::steady_clock::time_point said_{};
};

}  // namespace whogoes::report
