#pragma once

#include "proxy/net/counters.hpp"
#include "proxy/net/stream.hpp"
#include "proxy/net/tls.hpp"
#include "proxy/upstream/names.hpp"
#include "proxy/upstream/target.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

// A worker's connections to the upstream: the idle ones, last in, first out, and the making of new
// ones. A lease is a unique_ptr: whoever holds it owns the connection, and gives it back only when
// the whole request was sent and the whole answer read.
namespace whogoes::upstream {

struct Connection {
    net::Stream stream;
    std::string address;       // "127.0.0.1:3000"
    std::uint64_t number = 0;  // of this process; tells two connections apart in evidence
    bool reused = false;
    net::Clock::time_point idle_since{};
    std::chrono::milliseconds idle_limit{};
};
using Lease = std::unique_ptr<Connection>;

struct Connecting {
    Lease lease;  // empty: failed
    bool timed_out = false;
    bool reached = false;  // somebody took the connection; what failed is TLS
    std::string error;     // "connection refused"; nothing of a peer's beyond TLS reasons
};

struct PoolSettings {
    Target target;
    TlsClientSettings tls;
    net::TlsContext tls_context;  // null without TLS
    std::chrono::milliseconds connect_timeout{5000};
    std::chrono::milliseconds idle_timeout{4000};
};

class Pool {
public:
    Pool(PoolSettings, Resolver&, net::Reactor&, net::Deadlines&, net::Counters&);
    ~Pool();
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    const PoolSettings& settings() const noexcept { return settings_; }

    // An idle connection, or none. Its end was not seen so far.
    Lease take_idle();
    net::Task<Connecting> connect();
    // `keep_alive_timeout`: what the upstream's Keep-Alive said, 0: nothing.
    void give_back(Lease, std::chrono::seconds keep_alive_timeout);
    // A lease that ends here is closed by its owner's destructor; this only counts it.
    void discard(Lease) noexcept;

    void sweep(net::Clock::time_point now);  // ends those idle for too long
    void close_idle();

private:
    struct Idle;
    net::Task<bool> open(const net::Endpoint&, Connection&, Connecting& outcome);
    void evict(Idle&);

    PoolSettings settings_;
    Names names_;
    net::Reactor& io_;
    net::Deadlines& deadlines_;
    net::Counters& counters_;
    std::vector<std::unique_ptr<Idle>> idle_;  // the freshest at the back
};

}  // namespace whogoes::upstream
