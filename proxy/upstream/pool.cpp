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

Pool::Pool(PoolSettings settings, Resolver& resolver, net::Reactor& io, net::Deadlines& deadlines,
           net::Counters& counters)
    : settings_(std::move(settings)),
      names_(settings_.target, resolver, io, deadlines),
      dialer_(settings_, io, deadlines),
      deadlines_(deadlines),
      counters_(counters) {}

Pool::~Pool() { close_idle(); }

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

Lease Pool::take_idle(For request) {
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

net::Task<Connecting> Pool::connect() {
    Resolution resolution = co_await names_.endpoints();
    Connecting outcome = co_await dialer_.connect(std::move(resolution.endpoints));
    if (!outcome.lease) {
        if (outcome.error.empty()) outcome.error = std::move(resolution.error);
        names_.doubt();
        co_return outcome;
    }
    outcome.lease->number = connections_made.fetch_add(1, std::memory_order_relaxed) + 1;
    outcome.lease->stream.clear_deadline();
    counters_.upstream_connections_total.add();
    counters_.upstream_connections_active.add();
    co_return outcome;
}

void Pool::give_back(Lease lease, std::chrono::seconds keep_alive_timeout) {
    if (idle_.size() >= most_idle || !lease->stream.is_open()) {
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
}

void Pool::close_idle() {
    counters_.upstream_connections_idle.subtract(idle_.size());
    idle_.clear();
}

}  // namespace whogoes::upstream
