#pragma once

#include "proxy/app/worker_thread.hpp"
#include "proxy/net/accept_gate.hpp"
#include "proxy/net/tls.hpp"
#include "proxy/observe/history.hpp"
#include "proxy/report/auth_log.hpp"
#include "proxy/settings/settings.hpp"
#include "proxy/upstream/names.hpp"
#include "tests/support/client.hpp"
#include "tests/support/fake_upstream.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/json/object.hpp>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

// The proxy's workers on their own threads between a fake upstream and raw clients, over real
// sockets on ports of the system's choice. The wall clock is the test's.
namespace whogoes::support {

struct RigOptions {
    settings::Settings settings{};      // the upstream is filled in where it names none
    std::vector<std::string> offers{};  // challenges to add, as `challenge.offer` takes them
    int workers = 1;
    bool tls = false;  // the listener
    bool unix_listener = false;
    int listeners = 1;  // on ports of their own; not with unix_listener
    FakeUpstreamOptions upstream{};
    bool upstream_is_unix = false;
    std::vector<net::Endpoint> tried_first{};  // other addresses of the upstream's name
    bool log_everything = false;               // log.access: all
    renew::KeyLimits key_limits{};
    std::chrono::milliseconds second_leg_wait{0};  // until the worker's next tick
};

// 2026-11-23T12:51:24Z
inline constexpr rules::TimePoint rig_start{std::chrono::seconds(1795438284)};

class Rig {
public:
    explicit Rig(RigOptions options = {});
    ~Rig();

    Client connect(std::size_t listener = 0) const;
    // Without TLS, whatever the listener wants.
    Client connect_plain(std::size_t listener = 0) const;
    Message ask(std::string_view request);  // on a connection of its own
    Message get(std::string_view target, std::string_view fields = "");

    // The next record of the log. A JSON pointer's text in one is text_at(event, "/auth/cause").
    boost::json::object next_event();
    // The records that nobody asked for. Ends the workers, when all connections are gone.
    std::vector<boost::json::object> stop();
    std::string log_text() const;  // all lines so far, as written

    // A round trip of its own: afterwards the (only) worker has seen what was sent before.
    void settle();
    void reload(const std::function<void(settings::Settings&)>& change);
    session::Simulations& simulations() { return simulations_; }
    void drain();
    void end_tunnels();
    // The next look at the clock throws: a fault of whogoes' own, wherever the exchange stands
    // then.
    void break_clock() { clock_breaks_.store(true); }
    // The next look at the clock lasts until `release` opens, and its worker does nothing else; an
    // answer without a Date is such a look. `reached` opens when it is there.
    void hold_clock(Gate& reached, Gate& release) { clock_hold_.store(new Hold{reached, release}); }
    void set_clock(rules::TimePoint now) { now_.store(now.time_since_epoch().count()); }

    std::uint64_t counted(net::Counter net::Counters::*counter) const;  // over all workers
    const net::Endpoint& endpoint() const { return endpoint_; }
    std::string origin() const { return origin_; }  // of the upstream, as the proxy names it

private:
    struct Hold {
        Gate& reached;
        Gate& release;
    };
    app::WorkerOrders orders() const;
    void open_listeners();
    void read_log();

    std::string folder_;
    RigOptions options_;

public:
    FakeUpstream upstream;

private:
    int log_reader_ = -1;
    std::atomic<std::int64_t> now_{rig_start.time_since_epoch().count()};
    std::atomic<bool> clock_breaks_{false};
    std::atomic<Hold*> clock_hold_{nullptr};
    std::unique_ptr<report::AuthLog> log_;
    observe::History history_{42};
    session::Simulations simulations_;
    boost::asio::io_context control_{1};
    std::unique_ptr<upstream::Resolver> resolver_;
    std::unique_ptr<report::Recorder> recorder_;  // the control thread's
    std::unique_ptr<renew::Tokens> tokens_;
    std::unique_ptr<renew::KeySets> key_sets_;
    net::Places places_;
    std::shared_ptr<const settings::Settings> settings_;  // the control thread's, once it runs
    std::string origin_;
    net::Endpoint endpoint_;  // of the first listener
    std::vector<net::Endpoint> endpoints_;
    std::vector<std::unique_ptr<app::WorkerThread>> workers_;
    std::unique_ptr<Client> settling_;
    std::thread control_thread_, log_thread_;

    mutable std::mutex mutex_;
    std::condition_variable line_came_;
    std::deque<boost::json::object> events_;
    std::string log_text_;
    bool log_ended_ = false;
    bool stopped_ = false;
};

// Text at a JSON pointer; numbers and lists as JSON; empty: nothing there.
std::string text_at(const boost::json::object& event, std::string_view pointer);

// One rule for all tests: a challenge as it would stand in a configuration.
rules::Offer offer(std::string_view text);

}  // namespace whogoes::support
