#pragma once

#include "proxy/h2/client.hpp"
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
    // The upstream has offered HTTP/2 and wants HTTP/1.1 (RFC 9113, 7): from now on it gets that.
    void avoid_http_2() noexcept {
        if (settings_.protocol == Protocol::auto_) settings_.protocol = Protocol::http_1;
        speaks_http_2_ = settings_.protocol == Protocol::http_2;
    }
    // Whether one of its connections may be of HTTP/2.
    bool may_share() const noexcept {
        return settings_.protocol == Protocol::http_2 ||
               (settings_.protocol == Protocol::auto_ && settings_.target.tls);
    }

    // What a request asks of its connection. One that must not be sent twice is for connections
    // that were not idle for long, and the socket is asked for its end.
    enum class For : std::uint8_t { safe, unsafe };
    struct Wish {
        For request = For::safe;
        bool http_1 = false;  // it would switch protocols, or belongs to one connection
    };
    // An idle connection, or none, whose end was not heard of so far; or a stream of one that
    // speaks HTTP/2.
    Lease take_idle(Wish);
    // A new one; where HTTP/2 is spoken, those that come while one is made share it.
    net::Task<Connecting> connect(Wish);
    // `keep_alive_timeout`: what the upstream's Keep-Alive said, 0: nothing.
    void give_back(Lease, std::chrono::seconds keep_alive_timeout);
    // A lease that ends here is closed by its owner's destructor; this only counts it.
    void discard(Lease) noexcept;

    void sweep(net::Clock::time_point now);  // ends those idle for too long
    void close_idle();

private:
    struct Idle;
    struct Dialing;
    using Idles = std::vector<std::unique_ptr<Idle>>;

    Idles::iterator quietest();  // for an unsafe request
    void evict(Idle&);
    net::Task<Connecting> dial(Wish);
    struct Shared;
    std::shared_ptr<Shared> share(Connection&);
    Lease lend_stream();  // of any that has room; or none
    Lease lend_stream(Shared&);
    net::Task<Connecting> dial_for_all(Wish);
    void settle(Dialing&, const ConnectFailure&);
    static net::Task<> run(std::shared_ptr<Shared>);

    PoolSettings settings_;
    Names names_;
    Dialer dialer_;
    net::Reactor& io_;
    net::Deadlines& deadlines_;
    net::Counters& counters_;
    Idles idle_;                                   // the freshest at the back
    std::vector<std::shared_ptr<Shared>> shared_;  // those that speak HTTP/2
    std::unique_ptr<Dialing> dialing_;             // where all that come may wait for one
    bool speaks_http_2_ = false;                   // as far as is known
};

}  // namespace whogoes::upstream
