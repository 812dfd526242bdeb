#include "proxy/app/worker_thread.hpp"

#include "proxy/session/recording.hpp"

#include <algorithm>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace whogoes::app {

WorkerThread::WorkerThread(report::AuthLog& log, session::History& history,
                           const rules::FingerprintKey& key, session::WallClock clock,
                           std::string via, upstream::Resolver& resolver, session::Tokens& tokens,
                           std::atomic<std::size_t>& connections_of_process)
    : worker_(log, history, key, std::move(clock)),
      resolver_(resolver),
      connections_(connections_of_process) {
    worker_.via = std::move(via);
    worker_.tokens = &tokens;
    worker_.connection_ended = [this] {
        connections_.fetch_sub(1, std::memory_order_relaxed);
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

void WorkerThread::take(std::shared_ptr<const session::Settings> settings) {
    worker_.io.post([this, given = std::move(settings)] {
        worker_.settings = given;
        worker_.repeats.clear();
    });
}

void WorkerThread::apply(WorkerOrders& orders) {
    worker_.settings = std::move(orders.settings);
    worker_.repeats.clear();
    worker_.tls = std::move(orders.tls);
    worker_.pool = std::make_shared<upstream::Pool>(std::move(orders.pool), resolver_, worker_.io,
                                                    worker_.deadlines, worker_.counters);
    for (const auto& [address, socket] : orders.opened) {
        listeners_[address] = std::make_unique<net::Listener>(
            worker_.io, socket,
            [this](int connection, const net::Endpoint& peer) { accepted(connection, peer); },
            [this] { worker_.counters.accept_pauses.add(); });
        if (const int flaw = listeners_[address]->flaw(); flaw != 0)
            session::record_trouble(worker_, "whogoes does not hear " + address +
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

void WorkerThread::accepted(int socket, const net::Endpoint& peer) {
    const std::size_t open = connections_.fetch_add(1, std::memory_order_relaxed) + 1;
    session::serve(worker_, socket, peer);
    if (open < worker_.settings->connections || paused_) return;
    paused_ = true;
    worker_.counters.accept_pauses.add();
    for (const auto& [address, listener] : listeners_) listener->pause();
}

void WorkerThread::resume_when_possible() {
    if (!paused_ || connections_.load(std::memory_order_relaxed) >= worker_.settings->connections)
        return;
    paused_ = false;
    for (const auto& [address, listener] : listeners_) listener->resume();
}

// A closing door counts as a connection, so that a process that drains waits for it.
void WorkerThread::let_go(std::unique_ptr<net::Listener> listener) {
    listener->turn_newcomers_away();
    closing_.push_back(std::move(listener));
    connections_.fetch_add(1, std::memory_order_relaxed);
}

void WorkerThread::close_what_was_let_go() {
    connections_.fetch_sub(closing_.size(), std::memory_order_relaxed);
    for (const auto& listener : std::exchange(closing_, {})) listener->close();
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
