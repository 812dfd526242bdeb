#pragma once

#include "proxy/net/accept_gate.hpp"
#include "proxy/net/listener.hpp"
#include "proxy/session/worker.hpp"

#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace whogoes::app {

// What of a configuration a worker is handed at start and at each reload.
struct WorkerOrders {
    std::shared_ptr<const settings::Settings> settings;
    upstream::PoolSettings pool;
    net::TlsContext tls;
    std::map<std::string, int> opened;  // new listening sockets of this worker's, by address
    std::vector<std::string> kept;      // addresses whose socket stays
};

// A worker with its thread and its listeners. All but the constructor and join() acts by posting to
// the thread; counters may be read from anywhere.
class WorkerThread final : net::Doorkeeper {
public:
    WorkerThread(report::AuthLog&, observe::History&, const rules::FingerprintKey&,
                 observe::WallClock, std::string via, upstream::Resolver&, renew::Tokens&,
                 net::Places& of_process);
    ~WorkerThread();

    void simulate(session::Simulations& of_process) {
        worker_.simulations = &of_process;
    }  // before start()
    void look_keys_up_in(renew::KeySets& of_process) {
        worker_.key_sets = &of_process;
    }  // before start()
    void wait_for_second_legs(std::chrono::milliseconds at_most) {
        worker_.observer.second_leg_wait = at_most;
    }                         // before start()
    void obey(WorkerOrders);  // swaps settings; opens and closes listeners
    void take(std::shared_ptr<const settings::Settings>);  // the same ones with other keys
    void start();
    void drain();  // closes listeners, ends idle connections
    void end_tunnels();
    void stop();  // ends the loop, whatever is open
    void join();

    const net::Counters& counters() const { return worker_.counters; }

private:
    void apply(WorkerOrders&);
    bool may_enter() override;
    void nobody_came() override;
    void entered(int socket, const net::Endpoint& peer) override;
    void out_of_descriptors() override;
    void resume_when_possible();
    void let_go(std::unique_ptr<net::Listener>);
    void close_what_was_let_go();

    session::Worker worker_;
    upstream::Resolver& resolver_;
    net::Places& places_;
    net::AcceptGate gate_;
    std::map<std::string, std::unique_ptr<net::Listener>> listeners_;
    std::string resumed_first_;                            // the last time
    std::vector<std::unique_ptr<net::Listener>> closing_;  // a tick at least
    std::thread thread_;
};

}  // namespace whogoes::app
