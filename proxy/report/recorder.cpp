#include "proxy/report/recorder.hpp"

#include "proxy/report/auth_log_impl.hpp"
#include "proxy/report/record.hpp"

#include <string>
#include <utility>

namespace whogoes::report {
namespace {

constexpr std::size_t full_batch = 64 * 1024;
constexpr std::chrono::milliseconds batch_interval{100};
constexpr std::uint32_t ids_a_recorder = 4096;  // of the 18 bits that an id has beside its time

}  // namespace

struct Recorder::Impl {
    explicit Impl(AuthLog::Impl& auth_log) : log(auth_log), index(log.next_recorder()) {
        log.enlist(&tally);
    }
    ~Impl() {
        hand_over(handed_over);
        log.retire(&tally);
    }

    void complete(AuthEvent& event) {
        if (event.kind == EventKind::proxy_error && event.level == "info") event.level = "error";
        if (event.id.empty()) {
            const std::uint32_t own = next_id++ % ids_a_recorder;
            event.id = event_id(event.time, index * ids_a_recorder + own);
        }
        if (event.message.empty()) event.message = headline(event);
    }

    void hand_over(rules::TimePoint now) {
        if (batch.empty()) return;
        handed_over = now;
        log.recent.keep(batch);
        if (!log.pretty.load(std::memory_order_relaxed)) log.submit(batch);
        batch.clear();
    }

    AuthLog::Impl& log;
    Tally tally;
    TimeText times;
    std::string batch;  // whole lines
    rules::TimePoint handed_over{};
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
    if (impl_->log.pretty.load(std::memory_order_relaxed)) impl_->log.show(event);
    // After a quiet while a line goes out at once: somebody may be watching. Under load it waits
    // for its batch.
    const bool quiet = event.time - impl_->handed_over >= batch_interval;
    if (quiet || impl_->batch.size() >= full_batch) impl_->hand_over(event.time);
}

void Recorder::tick() {
    const auto now =
        std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    impl_->hand_over(now);
    impl_->log.tick(now);
}

void Recorder::flush() { impl_->hand_over(impl_->handed_over); }

}  // namespace whogoes::report
