#include "proxy/app/worker_thread.hpp"

#include "proxy/observe/recording.hpp"

#include <algorithm>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace whogoes::app {

WorkerThread::WorkerThread(report::AuthLog& log, observe::History& history,
                           const rules::FingerprintKey& key, observe::WallClock clock,
                           std::string via, upstream::Resolver& resolver, renew::Tokens& tokens,
                           net::Places& of_process)
    : worker_(log, history, key, std::move(clock)),
      resolver_(resolver),
      places_(of_process),
      gate_(of_process) {
    worker_.via = std::move(via);
    worker_.tokens = &tokens;
    worker_.connection_ended = [this] {
        gate_.leave();
        resume_when_possible();
    };
    worker_.on_tick = [this] {
        resume_when_possible();
        close_what_was_let_go();
        for (const auto& [address, listener] : listeners_) listener->tick();
    };
}

WorkerThread::~WorkerThread() {
    stop();
    join();
}

void WorkerThread::obey(WorkerOrders orders) {
    worker_.io.post(
        [this, given = std::make_shared<WorkerOrders>(std::move(orders))] { apply(*given); });
}

void WorkerThread::take(std::shared_ptr<const settings::Settings> settings) {
    worker_.io.post([this, given = std::move(settings)] {
        worker_.settings = given;
        worker_.observer.repeats.clear();
    });
}

void WorkerThread::apply(WorkerOrders& orders) {
    worker_.settings = std::move(orders.settings);
    worker_.observer.repeats.clear();
    worker_.tls = std::move(orders.tls);
    worker_.pool = std::make_shared<upstream::Pool>(std::move(orders.pool), resolver_, worker_.io,
                                                    worker_.deadlines, worker_.counters);
    net::Doorkeeper& keeper = *this;
    for (const auto& [address, socket] : orders.opened) {
        listeners_[address] = std::make_unique<net::Listener>(worker_.io, socket, keeper);
        if (const int flaw = listeners_[address]->flaw(); flaw != 0)
            observe::record_trouble(worker_.observer,
                                    "whogoes does not hear " + address +
                                        " yet: " + std::generic_category().message(flaw));
        orders.kept.push_back(address);
    }
    for (auto entry = listeners_.begin(); entry != listeners_.end();) {
        const auto one = entry++;
        if (std::count(orders.kept.begin(), orders.kept.end(), one->first) > 0) continue;
        let_go(std::move(one->second));
        listeners_.erase(one);
    }
}

bool WorkerThread::may_enter() {
    const bool was_shut = gate_.is_shut();
    if (gate_.enter(worker_.settings->connections)) return true;
    if (!was_shut) worker_.counters.accept_pauses.add();
    return false;
}

void WorkerThread::nobody_came() { gate_.leave(); }

void WorkerThread::entered(int socket, const net::Endpoint& peer) {
    session::serve(worker_, socket, peer);
}

void WorkerThread::out_of_descriptors() { worker_.counters.accept_pauses.add(); }

// One after the other goes first, or a crowd at one door would keep the others waiting for ever.
void WorkerThread::resume_when_possible() {
    if (!gate_.reopen(worker_.settings->connections) || listeners_.empty()) return;
    auto first = listeners_.upper_bound(resumed_first_);
    if (first == listeners_.end()) first = listeners_.begin();
    resumed_first_ = first->first;
    for (auto one = first; one != listeners_.end(); ++one) one->second->resume();
    for (auto one = listeners_.begin(); one != first; ++one) one->second->resume();
}

void WorkerThread::let_go(std::unique_ptr<net::Listener> listener) {
    listener->turn_newcomers_away();
    closing_.push_back(std::move(listener));
    places_.closing_doors.fetch_add(1, std::memory_order_relaxed);
}

// A door stays while somebody who was let in waits at it for a place.
void WorkerThread::close_what_was_let_go() {
    const std::size_t closed = std::erase_if(
        closing_, [](const std::unique_ptr<net::Listener>& door) { return door->close(); });
    places_.closing_doors.fetch_sub(closed, std::memory_order_relaxed);
}

void WorkerThread::start() {
    thread_ = std::thread([this] { worker_.run(); });
}

void WorkerThread::drain() {
    worker_.io.post([this] {
        for (auto& [address, listener] : listeners_) let_go(std::move(listener));
        listeners_.clear();
        worker_.drain();
    });
}

void WorkerThread::end_tunnels() {
    worker_.io.post([this] { worker_.end_tunnels(); });
}

void WorkerThread::stop() { worker_.io.stop(); }

void WorkerThread::join() {
    if (thread_.joinable()) thread_.join();
}

}  // namespace whogoes::app
