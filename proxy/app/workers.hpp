#pragma once

#include "proxy/app/options.hpp"
#include "proxy/app/worker_thread.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

// All worker threads of the process and their orders: which sockets they listen on, which settings
// and keys they work by. To be called from the control thread. Knows no signal and no reload.
namespace whogoes::app {

// What all workers share; it outlives them.
struct Shared {
    report::AuthLog& log;
    observe::History& history;
    const rules::FingerprintKey& key;
    observe::WallClock clock;
    upstream::Resolver& resolver;
    renew::Tokens& tokens;
    renew::KeySets& key_sets;
    session::Simulations& simulations;
};

class Workers {
public:
    explicit Workers(const Shared& shared) : shared_(shared) {}

    // Each throws where one cannot listen or a file of TLS cannot be read, and then nothing has
    // changed. `options.settings` becomes the one that holds the keys that are there.
    void start(RunOptions& options, const std::string& via);
    void follow(RunOptions& options);

    void hand_out_keys(RunOptions& options);
    void drain();  // no new connection, idle ones and tunnels end
    void stop();   // and waits for the threads

    bool nobody_left() const { return places_.nobody_left(); }
    const std::map<std::string, std::string>& listening() const { return listening_; }
    std::vector<const net::Counters*> counters() const;

private:
    void give_orders(RunOptions& options, bool first);
    std::vector<WorkerOrders> open(const RunOptions& options, bool first,
                                   std::map<std::string, std::string>& listening) const;

    Shared shared_;
    net::Places places_;
    std::vector<std::unique_ptr<WorkerThread>> threads_;
    std::map<std::string, std::string> listening_;  // as configured: as bound
};

}  // namespace whogoes::app
