#pragma once

#include "proxy/net/deadlines.hpp"
#include "proxy/observe/first_legs.hpp"
#include "proxy/observe/history.hpp"
#include "proxy/observe/repeats.hpp"
#include "proxy/report/recorder.hpp"
#include "rules/exchange.hpp"
#include "rules/fingerprint.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

namespace whogoes::settings {
struct Treatment;
}

// All that one worker's observation has: where records go, and what is remembered between
// exchanges. Belongs to one thread; the history behind it is the process's and guards itself.
namespace whogoes::observe {

struct OpenEvent;

using WallClock = std::function<rules::TimePoint()>;

struct Observer {
    Observer(report::AuthLog& log, History& of_process, const rules::FingerprintKey& key,
             WallClock wall_clock, const net::Deadlines& loop_clock);
    ~Observer();
    Observer(const Observer&) = delete;
    Observer& operator=(const Observer&) = delete;

    report::Recorder recorder;
    rules::Fingerprinter fingerprinter;
    History& history;
    WallClock clock;
    const net::Deadlines& deadlines;
    AcceptedGate accepted_gate;
    Repeats repeats;
    FirstLegs first_legs;
    std::chrono::milliseconds second_leg_wait = second_leg_within;
    // Told of every exchange that was diagnosed, at its head; may be empty.
    std::function<void(const settings::Treatment&, const rules::Exchange&)> on_look;
    std::vector<std::unique_ptr<OpenEvent>> spare_events;  // recycled

    void settle(net::Clock::time_point now);  // writes what waited for a second leg
};

}  // namespace whogoes::observe
