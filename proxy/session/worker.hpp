#pragma once

#include "proxy/net/buffer.hpp"
#include "proxy/net/counters.hpp"
#include "proxy/net/pipe.hpp"
#include "proxy/net/stream.hpp"
#include "proxy/net/tls.hpp"
#include "proxy/observe/observer.hpp"
#include "proxy/renew/key_sets.hpp"
#include "proxy/renew/tokens.hpp"
#include "proxy/session/simulation.hpp"
#include "proxy/settings/settings.hpp"
#include "proxy/upstream/pool.hpp"

#include <boost/intrusive/list.hpp>

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <vector>

// One worker: one thread, one event loop, and all that its sessions share. Sessions of other
// workers are never touched; what workers do share (the log, history) guards itself.
namespace whogoes::h2 {
class Connection;
}

namespace whogoes::session {

struct Scratch;

// How long a connection that was let in may take to say something once draining has begun.
inline constexpr std::chrono::milliseconds at_the_door{1000};

// A client connection as its worker sees it, for drain and for the counters.
struct Registered
    : boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
    enum class Phase : std::uint8_t {
        fresh,  // no request so far
        idle,
        busy,
        tunnel,
        ending,  // its last answer is with the kernel
    };
    net::Stream* stream = nullptr;
    h2::Connection* shared = nullptr;  // it has become one of HTTP/2
    Phase phase = Phase::fresh;
};

struct Worker {
    Worker(report::AuthLog& log, observe::History& history_of_process,
           const rules::FingerprintKey& key, observe::WallClock wall_clock);
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    net::Reactor io;
    net::Deadlines deadlines;
    net::BufferPool buffers;
    net::PipePool pipes;
    net::Counters counters;
    observe::Observer observer;
    renew::Tokens* tokens = nullptr;  // of the process; where a treatment has `refresh`, never null
    renew::KeySets* key_sets =
        nullptr;  // of the process; where a treatment has `key_source`, never null
    Simulations* simulations = nullptr;  // of the process; null: nobody can ask for any
    std::string via;                     // "1.1 whogoes-1a2b3c4d", the same for the whole process

    // Replaced as one by a reload, on this worker's thread.
    std::shared_ptr<const settings::Settings> settings;
    std::shared_ptr<upstream::Pool> pool;
    net::TlsContext tls;  // of the listener; null: plain

    const settings::Settings* stranger_told_for =
        nullptr;  // never read through: to say a thing once
    bool draining = false;
    bool tunnels_ended = false;              // and one that is granted later ends at once
    std::function<void()> connection_ended;  // told after each client connection
    std::function<void()> on_tick;           // every 100 ms
    boost::intrusive::list<Registered, boost::intrusive::constant_time_size<false>> connections;

    // Recycled, so that a request allocates next to nothing.
    std::vector<std::unique_ptr<Scratch>> spare_scratch;

    void run();    // until io.stop(); sweeps deadlines and hands over log lines every 100 ms
    void drain();  // ends idle connections now and the others after their exchange
    void end_tunnels();
    std::string_view http_date();
    // co_await it where octets may be moved without end and without a wait.
    net::Reactor::NextTurn next_turn() noexcept {
        counters.turns_passed_on.add();
        return io.next_turn();
    }

private:
    void tick();
    void cut_what_is_not_whole();
    std::string date_;
    std::int64_t date_second_ = -1;
};

// Serves one client connection from its first octet to its end; never throws to its caller's
// caller (an exception ends this connection and is logged).
void serve(Worker&, int socket, const net::Endpoint& peer);

}  // namespace whogoes::session
