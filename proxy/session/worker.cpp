#include "proxy/session/worker.hpp"

#include "proxy/h2/connection.hpp"
#include "proxy/session/client.hpp"

#include <ctime>

namespace whogoes::session {
namespace {

constexpr std::chrono::milliseconds tick_interval{100};

}  // namespace

Worker::Worker(report::AuthLog& log, observe::History& history_of_process,
               const rules::FingerprintKey& key, observe::WallClock wall_clock)
    : observer(log, history_of_process, key, std::move(wall_clock), deadlines) {
    observer.on_look = [this](const settings::Treatment& treatment, const rules::Exchange& seen) {
        if (renew::outdates_keys(treatment, seen))
            key_sets->ask(treatment.key_source, seen.jwt->kid);
    };
}

Worker::~Worker() = default;

void Worker::run() {
    io.run(tick_interval, [this] { tick(); });
    cut_what_is_not_whole();
    observer.settle(net::Clock::time_point::max());
    observer.recorder.flush();
}

void Worker::tick() {
    const net::Clock::time_point now = net::Clock::now();
    deadlines.sweep(now);
    if (pool) pool->sweep(now);
    observer.settle(now);
    observer.recorder.tick();
    if (on_tick) on_tick();
}

void Worker::drain() {
    draining = true;
    for (auto one = connections.begin(); one != connections.end();) {
        Registered& registered = *one++;
        if (registered.shared != nullptr) {
            registered.shared->drain();
            continue;
        }
        // A request that has arrived is in flight, though no reader has seen it yet; a connection
        // that was just let in comes with one.
        if (registered.phase == Registered::Phase::fresh)
            registered.stream->set_deadline(at_the_door);
        else if (registered.phase == Registered::Phase::idle && !registered.stream->has_unread())
            registered.stream->interrupt();
    }
    if (pool) pool->close_idle();
}

// The process ends, and the kernel ends its connections in good order: to a client that is the good
// end of an answer without a length.
void Worker::cut_what_is_not_whole() {
    for (auto one = connections.begin(); one != connections.end();) {
        Registered& registered = *one++;
        if (registered.phase == Registered::Phase::busy) registered.stream->reset();
    }
}

void Worker::end_tunnels() {
    tunnels_ended = true;
    for (auto one = connections.begin(); one != connections.end();) {
        Registered& registered = *one++;
        if (registered.phase == Registered::Phase::tunnel) registered.stream->cancel();
    }
}

std::string_view Worker::http_date() {
    const auto seconds =
        std::chrono::floor<std::chrono::seconds>(observer.clock()).time_since_epoch().count();
    if (seconds != date_second_) {
        date_second_ = seconds;
        const std::time_t time = seconds;
        std::tm utc{};
        gmtime_r(&time, &utc);
        char text[32];
        date_.assign(text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &utc));
    }
    return date_;
}

}  // namespace whogoes::session
