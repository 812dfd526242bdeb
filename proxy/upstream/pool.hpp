#pragma once

#include "proxy/net/counters.hpp"
#include "proxy/upstream/connection.hpp"
#include "proxy/upstream/dialer.hpp"
#include "proxy/upstream/names.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

// A worker's connections to the upstream: the idle ones, last in, first out, and the making of new
// ones. A lease is a unique_ptr: whoever holds it owns the connection, and gives it back only when
// the whole request was sent and the whole answer read.
namespace whogoes::upstream {

class Pool {
public:
    Pool(PoolSettings, Resolver&, net::Reactor&, net::Deadlines&, net::Counters&);
    ~Pool();
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    const PoolSettings& settings() const noexcept { return settings_; }

    // An idle connection, or none. Its end was not heard of so far. For a request that must not be
    // sent twice it was not idle for long, and the socket is asked too.
    enum class For : std::uint8_t { safe, unsafe };
    Lease take_idle(For);
    net::Task<Connecting> connect();
    // `keep_alive_timeout`: what the upstream's Keep-Alive said, 0: nothing.
    void give_back(Lease, std::chrono::seconds keep_alive_timeout);
    // A lease that ends here is closed by its owner's destructor; this only counts it.
    void discard(Lease) noexcept;

    void sweep(net::Clock::time_point now);  // ends those idle for too long
    void close_idle();

private:
    struct Idle;
    using Idles = std::vector<std::unique_ptr<Idle>>;

    Idles::iterator quietest();  // for an unsafe request
    void evict(Idle&);

    PoolSettings settings_;
    Names names_;
    Dialer dialer_;
    net::Deadlines& deadlines_;
    net::Counters& counters_;
    Idles idle_;  // the freshest at the back
};

}  // namespace whogoes::upstream
