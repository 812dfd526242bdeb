#pragma once

#include "proxy/net/deadlines.hpp"
#include "proxy/observe/history.hpp"
#include "proxy/report/event.hpp"
#include "proxy/report/recorder.hpp"

#include <chrono>
#include <cstdint>
#include <string_view>
#include <vector>

// Refusals that may be the first leg of a handshake: a bare request that was given a challenge. The
// record of one waits a moment for the client to come back with a credential. Where it did, the
// record is the handshake's, which is no failure; else it is written as it was. One a worker.
namespace whogoes::observe {

// A client that answers a challenge by itself does so at once; a person is not waited for.
inline constexpr std::chrono::milliseconds second_leg_within{300};

class FirstLegs {
public:
    // Only what a second leg would explain.
    static bool may_be(const rules::Exchange&, const rules::Diagnosis&);

    bool full() const noexcept { return held_.size() >= most; }
    // `level`: of its record, should it be a handshake.
    void hold(report::AuthEvent&&, std::string_view level, const rules::Noted&,
              std::string_view target, net::Clock::time_point until);
    // Whether an answer to a request with a credential for this target completes one.
    bool awaits(std::string_view target) const noexcept;
    // Writes those whose time is over, with what History knows by now.
    void settle(net::Clock::time_point now, History&, report::Recorder&);

private:
    static constexpr std::size_t most = 32;
    struct Held {
        report::AuthEvent record;
        std::string_view level;
        rules::Noted noted;
        std::uint64_t target = 0;
        net::Clock::time_point until{};
    };
    std::vector<Held> held_;
};

}  // namespace whogoes::observe
