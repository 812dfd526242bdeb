#include "proxy/upstream/pool.hpp"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <utility>

namespace whogoes::upstream {
namespace {

constexpr std::size_t most_idle = 512;
std::atomic<std::uint64_t> connections_made{0};

}  // namespace

// While it is idle, a connection is watched: its end, or bytes that nobody asked for, evict it.
struct Pool::Idle {
    Pool& pool;
    Lease lease;
};

// One connection of many streams.
struct Pool::Shared {
    Shared(Connection& of, net::Reactor& io, net::Deadlines& deadlines, const h2::Limits& limits)
        : address(of.address),
          number(of.number),
          connection(io, deadlines, std::move(of.stream), limits) {}

    const std::string address;
    const std::uint64_t number;
    h2::ClientConnection connection;
};

// Those that wait for a connection that is being made.
struct Pool::Dialing {
    struct Waiter {
        net::Signal done;
        ConnectFailure failure;
    };
    std::vector<std::shared_ptr<Waiter>> waiters;
};

Pool::Pool(PoolSettings settings, Resolver& resolver, net::Reactor& io, net::Deadlines& deadlines,
           net::Counters& counters)
    : settings_(std::move(settings)),
      names_(settings_.target, resolver, io, deadlines),
      dialer_(settings_, io, deadlines),
      io_(io),
      deadlines_(deadlines),
      counters_(counters),
      speaks_http_2_(settings_.protocol == Protocol::http_2) {}

// No word of farewell: the loop that would say it may be over.
Pool::~Pool() {
    counters_.upstream_connections_idle.subtract(idle_.size());
    for (const std::shared_ptr<Shared>& one : shared_) one->connection.close();
}

Lease Pool::lend_stream() {
    for (const std::shared_ptr<Shared>& one : shared_)
        if (Lease lease = lend_stream(*one)) return lease;
    return nullptr;
}

Lease Pool::lend_stream(Shared& one) {
    if (!one.connection.has_room()) return nullptr;
    auto lease = std::make_unique<Connection>();
    h2::ClientConnection::Lent lent = one.connection.open();
    lease->stream = net::Stream(io_, deadlines_, std::move(lent.channel));
    lease->shared = std::move(lent.stream);
    lease->address = one.address;
    lease->number = one.number;
    lease->reused = true;
    counters_.upstream_connections_active.add();
    return lease;
}

// An API that ends its connections after so many answers does so right behind the last: one that
// has just come back may be about to end. The latest of those that stayed; else the oldest of those
// that are not too old.
Pool::Idles::iterator Pool::quietest() {
    const auto first_since = [this](Idles::iterator from, net::Clock::time_point since) {
        return std::find_if(from, idle_.end(),
                            [&](const auto& idle) { return idle->lease->idle_since >= since; });
    };
    constexpr std::chrono::milliseconds stayed{200};
    const net::Clock::time_point now = deadlines_.now();
    const auto young = first_since(idle_.begin(), now - settings_.idle_timeout_unsafe);
    const auto fresh = first_since(young, now - stayed);
    return fresh == young ? young : std::prev(fresh);
}

Lease Pool::take_idle(Wish wish) {
    if (!wish.http_1 && !shared_.empty() && settings_.protocol != Protocol::http_1)
        if (Lease lease = lend_stream()) return lease;
    const For request = wish.request;
    while (!idle_.empty()) {
        const auto chosen = request == For::unsafe ? quietest() : std::prev(idle_.end());
        if (chosen == idle_.end()) break;
        Lease lease = std::move((*chosen)->lease);
        lease->stream.unwatch();
        idle_.erase(chosen);
        counters_.upstream_connections_idle.subtract();
        if (deadlines_.now() - lease->idle_since > lease->idle_limit) continue;
        if (request == For::unsafe && !lease->is_quiet()) continue;
        lease->reused = true;
        counters_.upstream_connections_active.add();
        return lease;
    }
    return nullptr;
}

net::Task<> Pool::run(std::shared_ptr<Shared> one) { co_await one->connection.run({}); }

std::shared_ptr<Pool::Shared> Pool::share(Connection& connection) {
    auto one = std::make_shared<Shared>(connection, io_, deadlines_, settings_.http_2);
    shared_.push_back(one);
    net::spawn(run(one), [one](const std::exception_ptr&) { one->connection.close(); });
    return one;
}

void Pool::settle(Dialing& dialing, const ConnectFailure& outcome) {
    for (const std::shared_ptr<Dialing::Waiter>& waiter : dialing.waiters) {
        waiter->failure = outcome;
        waiter->done.raise();
    }
}

net::Task<Connecting> Pool::connect(Wish wish) {
    const bool may_share = speaks_http_2_ && !wish.http_1;
    while (may_share && dialing_) {
        const auto waiter = std::make_shared<Dialing::Waiter>();
        dialing_->waiters.push_back(waiter);
        co_await waiter->done;
        Connecting outcome{std::move(waiter->failure), lend_stream()};
        if (outcome.lease || !outcome.error.empty()) co_return outcome;
    }
    if (!may_share) co_return co_await dial(wish);
    co_return co_await dial_for_all(wish);
}

net::Task<Connecting> Pool::dial_for_all(Wish wish) {
    dialing_ = std::make_unique<Dialing>();
    Connecting outcome;
    outcome.error = "whogoes has no memory left for a connection";
    std::exception_ptr bug;
    try {
        outcome = co_await dial(wish);
    } catch (...) {
        bug = std::current_exception();
    }
    const std::unique_ptr<Dialing> done = std::move(dialing_);
    settle(*done, outcome);
    if (bug) std::rethrow_exception(bug);
    co_return outcome;
}

net::Task<Connecting> Pool::dial(Wish wish) {
    net::Alpn alpn = net::Alpn::both;
    if (wish.http_1 || settings_.protocol == Protocol::http_1)
        alpn = net::Alpn::http_1_1;
    else if (settings_.protocol == Protocol::http_2)
        alpn = net::Alpn::h2;
    Resolution resolution = co_await names_.endpoints();
    Connecting outcome = co_await dialer_.connect(std::move(resolution.endpoints), alpn);
    if (!outcome.lease) {
        outcome.unresolved = outcome.error.empty();
        if (outcome.unresolved) outcome.error = std::move(resolution.error);
        names_.doubt();
        co_return outcome;
    }
    outcome.lease->number = connections_made.fetch_add(1, std::memory_order_relaxed) + 1;
    outcome.lease->stream.clear_deadline();
    counters_.upstream_connections_total.add();
    const bool over_tls = outcome.lease->stream.is_tls();
    const bool http_2 =
        over_tls ? outcome.lease->stream.speaks_h2() : settings_.protocol == Protocol::http_2;
    if (http_2 && !wish.http_1) {
        speaks_http_2_ = true;
        const std::shared_ptr<Shared> made = share(*outcome.lease);
        outcome.lease = lend_stream(*made);
        if (outcome.lease)
            outcome.lease->reused = false;
        else
            outcome.error = "it ended the HTTP/2 connection at once";
        co_return outcome;
    }
    if (settings_.protocol == Protocol::http_2) {
        outcome.lease = nullptr;
        outcome.error = over_tls ? "it does not speak HTTP/2, which upstream_protocol asks for"
                                 : "HTTP/2 has no way to switch protocols";
        co_return outcome;
    }
    counters_.upstream_connections_active.add();
    co_return outcome;
}

void Pool::give_back(Lease lease, std::chrono::seconds keep_alive_timeout) {
    if (lease->shared || idle_.size() >= most_idle || !lease->stream.is_open()) {
        counters_.upstream_connections_active.subtract();
        return;
    }
    lease->stream.clear_deadline();
    lease->idle_since = deadlines_.now();
    lease->idle_limit = settings_.idle_timeout;
    // A second less than it says: the request must arrive before its timer fires.
    if (keep_alive_timeout.count() > 0)
        lease->idle_limit = std::min<std::chrono::milliseconds>(
            lease->idle_limit, keep_alive_timeout - std::chrono::seconds(1));
    // In this order, so that a connection is never in neither count.
    counters_.upstream_connections_idle.add();
    counters_.upstream_connections_active.subtract();
    idle_.push_back(std::unique_ptr<Idle>(new Idle{*this, std::move(lease)}));
    Idle& idle = *idle_.back();
    idle.lease->stream.watch(
        [](void* context) {
            Idle& ended = *static_cast<Idle*>(context);
            ended.pool.evict(ended);
        },
        &idle);
}

void Pool::discard(Lease lease) noexcept {
    if (lease) counters_.upstream_connections_active.subtract();
}

void Pool::evict(Idle& ended) {
    const auto found = std::find_if(idle_.begin(), idle_.end(),
                                    [&](const auto& idle) { return idle.get() == &ended; });
    if (found == idle_.end()) return;
    counters_.upstream_connections_idle.subtract();
    idle_.erase(found);
}

void Pool::sweep(net::Clock::time_point now) {
    std::erase_if(idle_, [&](const auto& idle) {
        if (now - idle->lease->idle_since <= idle->lease->idle_limit) return false;
        counters_.upstream_connections_idle.subtract();
        return true;
    });
    std::erase_if(shared_, [](const auto& one) { return !one->connection.is_alive(); });
}

void Pool::close_idle() {
    counters_.upstream_connections_idle.subtract(idle_.size());
    idle_.clear();
    for (const std::shared_ptr<Shared>& one : shared_) one->connection.drain();
}

}  // namespace whogoes::upstream
