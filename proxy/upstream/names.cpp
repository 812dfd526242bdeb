#include "proxy/upstream/names.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstring>
#include <utility>

namespace whogoes::upstream {

namespace asio = boost::asio;

struct Resolver::Impl : std::enable_shared_from_this<Impl> {
    explicit Impl(boost::asio::io_context& io) : control(io), resolver(io) {}

    boost::asio::io_context& control;
    asio::ip::tcp::resolver resolver;  // asks in a thread of its own
};

Resolver::Resolver(boost::asio::io_context& control) : impl_(std::make_shared<Impl>(control)) {}
Resolver::~Resolver() = default;

void Resolver::lookup(const std::string& host, std::uint16_t port, net::Reactor& worker,
                      std::function<void(Resolution)> then) {
    using Results = asio::ip::tcp::resolver::results_type;
    asio::post(impl_->control, [self = impl_, host, port, &worker, then = std::move(then)] {
        self->resolver.async_resolve(
            host, std::to_string(port),
            [self, host, &worker, then](const boost::system::error_code& error,
                                        const Results& results) {
                Resolution resolution;
                for (const auto& result : results) {
                    net::Endpoint endpoint;
                    const auto found = result.endpoint();
                    endpoint.length = static_cast<socklen_t>(found.size());
                    std::memcpy(&endpoint.address, found.data(), found.size());
                    resolution.endpoints.push_back(endpoint);
                }
                if (error) resolution.error = "cannot resolve " + host + ": " + error.message();
                worker.post([then, resolution] { then(resolution); });
            });
    });
}

struct Names::Shared {
    Resolution latest;
    net::Clock::time_point asked{};
    bool fixed = false;
    bool asking = false;
    std::vector<net::Signal*> waiting;
};

Names::Names(const Target& target, Resolver& resolver, net::Reactor& worker,
             net::Deadlines& deadlines)
    : shared_(std::make_shared<Shared>()),
      target_(target),
      resolver_(resolver),
      worker_(worker),
      deadlines_(deadlines) {
    if (!target.unix_path.empty())
        shared_->latest.endpoints.push_back(net::unix_endpoint(target.unix_path));
    else
        shared_->latest.endpoints = net::literal_endpoints(target.host, target.port);
    shared_->fixed = !shared_->latest.endpoints.empty();
}

void Names::ask() {
    Shared& shared = *shared_;
    if (shared.asking) return;
    shared.asking = true;
    shared.asked = deadlines_.now();
    resolver_.lookup(target_.host, target_.port, worker_, [kept = shared_](Resolution found) {
        kept->asking = false;
        // An outage of the resolver does not take away what is known.
        if (!found.endpoints.empty() || kept->latest.endpoints.empty())
            kept->latest = std::move(found);
        for (net::Signal* signal : std::exchange(kept->waiting, {})) signal->raise();
    });
}

net::Task<Resolution> Names::endpoints() {
    const std::shared_ptr<Shared> shared = shared_;
    if (shared->fixed) co_return shared->latest;
    constexpr std::chrono::seconds fresh{30};
    if (shared->latest.endpoints.empty()) {
        net::Signal answered;
        shared->waiting.push_back(&answered);
        ask();
        co_await answered;
    } else if (deadlines_.now() - shared->asked > fresh) {
        ask();
    }
    co_return shared->latest;
}

void Names::doubt() {
    constexpr std::chrono::seconds at_least{1};
    if (!shared_->fixed && deadlines_.now() - shared_->asked > at_least) ask();
}

}  // namespace whogoes::upstream
