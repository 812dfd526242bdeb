#pragma once

#include "proxy/report/event.hpp"
#include "proxy/report/record.hpp"
#include "proxy/report/tally.hpp"
#include "rules/exchange.hpp"
#include "rules/fingerprint.hpp"
#include "rules/remedy.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace whogoes::report {

class AuthLog;

// What of an exchange is copied into its event, beyond what is always there.
struct DescribePolicy {
    bool user_names_plain = false;
    bool user_names_hidden = false;
};

// Everything of the event that the two heads give, redacted. Duration, id and what the session did
// are the caller's to fill. The exchange's views may die afterwards.
AuthEvent describe(const rules::Exchange&, const rules::Diagnosis&, const rules::Remedy&,
                   rules::Fingerprinter&, const DescribePolicy&);

// An event as it was recorded, so that the same may be recorded again for the price of a copy.
// Belongs to the recorder that filled it.
struct Recorded {
    AuthEvent event{};
    std::string line{};  // empty: of a level that is not logged
    RecordHoles holes{};
    Tally::Cells cells{};
};

// One a worker: turns events into lines and gives them to the log, the first of each 100 ms at
// once and the others in batches (of 64 KiB at most), and counts causes and violations for the
// metrics. Never blocks and never fails: what a full queue drops is counted by the log.
class Recorder {
public:
    explicit Recorder(AuthLog& log);
    ~Recorder();
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;

    void record(AuthEvent&& event);
    void record(AuthEvent&& event, Recorded& kept);
    // But for its time and its durations it is the same event.
    void record_again(Recorded&, rules::TimePoint time, double duration_ms, double upstream_ms);
    void tick();   // the worker calls it every 100 ms; cheap when nothing waits
    void flush();  // hand over what waits, at drain

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace whogoes::report
