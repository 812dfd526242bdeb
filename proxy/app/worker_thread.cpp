#include "proxy/app/worker_thread.hpp"

#include <algorithm>
#include <unistd.h>

namespace whogoes::app {

WorkerThread::WorkerThread(report::AuthLog& log, session::History& history,
                           const rules::FingerprintKey& key, session::WallClock clock,
                           std::string via, upstream::Resolver& resolver,
                           std::atomic<std::size_t>& connections_of_process)
    : worker_(log, history, key, std::move(clock)),
      resolver_(resolver),
      connections_(connections_of_process) {
    worker_.via = std::move(via);
    worker_.connection_ended = [this] {
        connections_.fetch_sub(1, std::memory_order_relaxed);
        resume_when_possible();
    };
    worker_.on_tick = [this] {
        resume_when_possible();
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

void WorkerThread::apply(WorkerOrders& orders) {
    worker_.settings = std::move(orders.settings);
    worker_.tls = std::move(orders.tls);
    worker_.pool = std::make_shared<upstream::Pool>(std::move(orders.pool), resolver_, worker_.io,
                                                    worker_.deadlines, worker_.counters);
    for (const auto& [address, socket] : orders.opened) {
        listeners_[address] = std::make_unique<net::Listener>(
            worker_.io, socket,
            [this](int connection, const net::Endpoint& peer) { accepted(connection, peer); },
            [this] { worker_.counters.accept_pauses.add(); });
        orders.kept.push_back(address);
    }
    std::erase_if(listeners_, [&](const auto& entry) {
        if (std::count(orders.kept.begin(), orders.kept.end(), entry.first) > 0) return false;
        entry.second->close();
        return true;
    });
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

void WorkerThread::start() {
    thread_ = std::thread([this] { worker_.run(); });
}

void WorkerThread::drain() {
    worker_.io.post([this] {
        for (const auto& [address, listener] : listeners_) listener->close();
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
