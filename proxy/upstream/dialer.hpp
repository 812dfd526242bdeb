#pragma once

#include "proxy/net/address.hpp"
#include "proxy/upstream/connection.hpp"
#include "proxy/upstream/failed_addresses.hpp"

#include <chrono>
#include <memory>
#include <vector>

// Makes connections to a name that may have several addresses. The next address is tried as soon as
// one fails, or does not answer within a moment (RFC 8305, 5): the first that is there wins. One
// that failed is tried last for a while.
namespace whogoes::upstream {

class Dialer {
public:
    // How long an address is waited for before the next is tried beside it.
    static constexpr std::chrono::milliseconds head_start{250};

    // All of them outlive it.
    Dialer(const PoolSettings&, net::Reactor&, net::Deadlines&);

    // Of several failures the outcome tells the one that got furthest, then the first.
    net::Task<Connecting> connect(std::vector<net::Endpoint> endpoints, net::Alpn);

private:
    struct Race;
    net::Task<bool> open(const net::Endpoint&, net::Alpn, Connection&, Connecting& outcome) const;
    net::Task<> run(std::shared_ptr<Race>, std::size_t runner) const;
    net::Task<> give_head_start(Race&, bool last) const;
    Connecting judge(Race&);

    const PoolSettings& settings_;
    net::Reactor& io_;
    net::Deadlines& deadlines_;
    std::shared_ptr<net::TlsSessions> sessions_;  // null without TLS
    FailedAddresses failed_;
};

}  // namespace whogoes::upstream
