#include "proxy/app/workers.hpp"

#include "proxy/app/listen.hpp"

#include <unistd.h>

namespace whogoes::app {

void Workers::start(RunOptions& options, const std::string& via) {
    for (int i = 0; i < options.workers; ++i) {
        threads_.push_back(std::make_unique<WorkerThread>(shared_.log, shared_.history, shared_.key,
                                                          shared_.clock, via, shared_.resolver,
                                                          shared_.tokens, places_));
        threads_.back()->simulate(shared_.simulations);
        threads_.back()->look_keys_up_in(shared_.key_sets);
    }
    give_orders(options, true);
    for (const auto& thread : threads_) thread->start();
}

void Workers::follow(RunOptions& options) { give_orders(options, false); }

// Everything that can fail is done before a worker hears of it.
void Workers::give_orders(RunOptions& options, bool first) {
    const upstream::PoolSettings pool = settings::pool_settings(*options.settings);
    const net::TlsContext tls =
        options.tls.enabled()
            ? net::server_tls(
                  options.tls.certificate_file, options.tls.key_file,
                  options.settings->speaks_http_2 ? net::Alpn::both : net::Alpn::http_1_1)
            : nullptr;
    std::map<std::string, std::string> listening;
    std::vector<WorkerOrders> orders = open(options, first, listening);
    listening_ = std::move(listening);
    shared_.tokens.adopt(options.settings);
    options.settings = shared_.key_sets.adopt(options.settings);
    for (std::size_t i = 0; i < threads_.size(); ++i) {
        orders[i].settings = options.settings;
        orders[i].pool = pool;
        orders[i].tls = tls;
        threads_[i]->obey(std::move(orders[i]));
    }
}

std::vector<WorkerOrders> Workers::open(const RunOptions& options, bool first,
                                        std::map<std::string, std::string>& listening) const {
    std::vector<WorkerOrders> orders(threads_.size());
    try {
        for (const ListenAddress& address : options.listen) {
            const std::string name = address.text();
            const auto bound = listening_.find(name);
            if (!first && bound != listening_.end()) {
                listening[name] = bound->second;
                for (WorkerOrders& order : orders) order.kept.push_back(name);
                continue;
            }
            const std::vector<int> sockets =
                open_for_workers(address, threads_.size(), listening[name]);
            for (std::size_t i = 0; i < orders.size(); ++i) orders[i].opened[name] = sockets[i];
        }
    } catch (...) {
        for (const WorkerOrders& order : orders)
            for (const auto& [name, socket] : order.opened) ::close(socket);
        throw;
    }
    return orders;
}

void Workers::hand_out_keys(RunOptions& options) {
    options.settings = shared_.key_sets.filled(options.settings);
    for (const auto& thread : threads_) thread->take(options.settings);
}

void Workers::drain() {
    for (const auto& thread : threads_) thread->drain();
    for (const auto& thread : threads_) thread->end_tunnels();
}

void Workers::stop() {
    for (const auto& thread : threads_) thread->stop();
    for (const auto& thread : threads_) thread->join();
}

std::vector<const net::Counters*> Workers::counters() const {
    std::vector<const net::Counters*> all;
    for (const auto& thread : threads_) all.push_back(&thread->counters());
    return all;
}

}  // namespace whogoes::app
