#include "proxy/report/recorder.hpp"

#include "proxy/report/auth_log_impl.hpp"
#include "proxy/report/record.hpp"

#include <string>
#include <utility>

namespace whogoes::report {
namespace {

constexpr std::size_t full_batch = 64 * 1024;
constexpr int prompt_lines = 16;                // between two ticks
constexpr std::uint32_t ids_a_recorder = 4096;  // of the 18 bits that an id has beside its time

}  // namespace

struct Recorder::Impl {
    explicit Impl(AuthLog::Impl& auth_log) : log(auth_log), index(log.next_recorder()) {
        log.enlist(&tally);
    }
    ~Impl() {
        hand_over();
        log.retire(&tally);
    }

    std::string new_id(rules::TimePoint time) {
        const std::uint32_t own = next_id++ % ids_a_recorder;
        return event_id(time, index * ids_a_recorder + own);
    }

    void complete(AuthEvent& event) {
        if (event.kind == EventKind::proxy_error && event.level == "info") event.level = "error";
        if (event.id.empty()) event.id = new_id(event.time);
        if (event.message.empty()) event.message = headline(event);
    }

    // The first lines of an interval go out at once: somebody may be watching. Under load the rest
    // waits for its batch.
    void written(const AuthEvent& event) {
        if (log.pretty.load(std::memory_order_relaxed)) log.show(event);
        const bool prompt = prompt_left > 0;
        if (prompt) --prompt_left;
        if (prompt || batch.size() >= full_batch) hand_over();
    }

    void hand_over() {
        if (batch.empty()) return;
        log.recent.keep(batch);
        if (!log.pretty.load(std::memory_order_relaxed)) log.submit(batch);
        batch.clear();
    }

    AuthLog::Impl& log;
    Tally tally;
    TimeText times;
    std::string batch;  // whole lines
    int prompt_left = prompt_lines;
    std::uint32_t index = 0;
    std::uint32_t next_id = 0;
};

Recorder::Recorder(AuthLog& log) : impl_(std::make_unique<Impl>(log.impl())) {}
Recorder::~Recorder() = default;

void Recorder::record(AuthEvent&& event) {
    impl_->complete(event);
    impl_->tally.count(event);
    if (event.level == "debug") return;
    append_record(impl_->batch, event, impl_->times);
    impl_->written(event);
}

void Recorder::record(AuthEvent&& event, Recorded& kept) {
    impl_->complete(event);
    impl_->tally.count(event, &kept.cells);
    if (event.level != "debug") {
        const std::size_t begin = impl_->batch.size();
        append_record(impl_->batch, event, impl_->times, &kept.holes);
        kept.line.assign(impl_->batch, begin);
        impl_->written(event);
    }
    kept.event = std::move(event);
}

void Recorder::record_again(Recorded& kept, rules::TimePoint time, double duration_ms,
                            double upstream_ms) {
    AuthEvent& event = kept.event;
    event.time = time;
    event.duration_ms = duration_ms;
    event.upstream_ms = upstream_ms;
    impl_->tally.count_again(event, kept.cells);
    if (kept.line.empty()) return;
    event.id = impl_->new_id(time);
    append_again(impl_->batch, kept.line, kept.holes, event, impl_->times);
    impl_->written(event);
}

void Recorder::tick() {
    const auto now =
        std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    impl_->hand_over();
    impl_->prompt_left = prompt_lines;
    impl_->log.tick(now);
}

void Recorder::flush() { impl_->hand_over(); }

}  // namespace whogoes::report
