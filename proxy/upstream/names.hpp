#pragma once

#include "proxy/net/address.hpp"
#include "proxy/net/stream.hpp"
#include "proxy/upstream/target.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

// Where an upstream's name leads. The question to the resolver is asked on the control thread; a
// worker keeps the answer, uses an old one while a new one is fetched, and waits only for the
// first.
namespace whogoes::upstream {

struct Resolution {
    std::vector<net::Endpoint> endpoints;
    std::string error;  // where there are none
};

// Lives on the control thread's io_context; lookup() may be called from any thread.
class Resolver {
public:
    explicit Resolver(boost::asio::io_context& control);
    Resolver(const Resolver&) = delete;
    Resolver& operator=(const Resolver&) = delete;
    virtual ~Resolver();

    // `then` runs on `worker` with the outcome.
    virtual void lookup(const std::string& host, std::uint16_t port, net::Reactor& worker,
                        std::function<void(Resolution)> then);

protected:
    Resolver() = default;  // asks elsewhere

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

// One worker's knowledge of one target.
class Names {
public:
    Names(const Target& target, Resolver& resolver, net::Reactor& worker,
          net::Deadlines& deadlines);

    // At once for an address, `localhost` and a unix path, and where an answer is known. Else it
    // takes as long as the system's resolver does, which has timeouts of its own.
    net::Task<Resolution> endpoints();
    // A connect failed: ask again before the next 30 s are over.
    void doubt();

private:
    struct Shared;
    std::shared_ptr<Shared> shared_;
    Target target_;
    Resolver& resolver_;
    net::Reactor& worker_;
    net::Deadlines& deadlines_;

    void ask();
};

}  // namespace whogoes::upstream
