#include "proxy/upstream/pool.hpp"

#include <openssl/ssl.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <utility>

namespace whogoes::upstream {
namespace {

constexpr std::size_t most_idle = 512;
std::atomic<std::uint64_t> connections_made{0};

std::string in_words(int error) {
    std::string words = std::strerror(error);
    if (!words.empty() && words[0] >= 'A' && words[0] <= 'Z')
        words[0] = static_cast<char>(words[0] - 'A' + 'a');
    return words;
}

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
      io_(io),
      deadlines_(deadlines),
      counters_(counters) {}

Pool::~Pool() { close_idle(); }

Lease Pool::take_idle() {
    while (!idle_.empty()) {
        Lease lease = std::move(idle_.back()->lease);
        lease->stream.unwatch();
        idle_.pop_back();
        counters_.upstream_connections_idle.subtract();
        if (deadlines_.now() - lease->idle_since > lease->idle_limit) continue;
        lease->reused = true;
        counters_.upstream_connections_active.add();
        return lease;
    }
    return nullptr;
}

net::Task<Connecting> Pool::connect() {
    Connecting outcome;
    const Resolution resolution = co_await names_.endpoints();
    outcome.error = resolution.error;
    for (const net::Endpoint& endpoint : resolution.endpoints) {
        Lease lease = std::make_unique<Connection>();
        Connecting attempt;
        const bool opened = co_await open(endpoint, *lease, attempt);
        // Of several failures the one that got furthest tells most, then the first.
        if (!opened && (outcome.error.empty() || attempt.reached > outcome.reached))
            outcome = std::move(attempt);
        if (opened) {
            lease->number = connections_made.fetch_add(1, std::memory_order_relaxed) + 1;
            lease->stream.clear_deadline();
            counters_.upstream_connections_total.add();
            counters_.upstream_connections_active.add();
            outcome.lease = std::move(lease);
            co_return outcome;
        }
    }
    names_.doubt();
    co_return outcome;
}

net::Task<bool> Pool::open(const net::Endpoint& endpoint, Connection& connection,
                           Connecting& outcome) {
    const int socket = ::socket(endpoint.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (socket < 0) {
        outcome.error = in_words(errno);
        co_return false;
    }
    if (endpoint.family() != AF_UNIX) {
        constexpr int on = 1;
        ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    const int connected =
        ::connect(socket, reinterpret_cast<const sockaddr*>(&endpoint.address), endpoint.length);
    const int error = connected == 0 ? 0 : errno;
    connection.stream = net::Stream(io_, deadlines_, socket);
    connection.address = endpoint.text();
    connection.stream.set_deadline(settings_.connect_timeout);
    if (error == EINPROGRESS) {
        const net::Io waited = co_await connection.stream.writable();
        int result = 0;
        socklen_t length = sizeof result;
        ::getsockopt(connection.stream.native(), SOL_SOCKET, SO_ERROR, &result, &length);
        if (waited == net::Io::timed_out) {
            outcome.timed_out = true;
            outcome.error = "connecting took longer than " +
                            std::to_string(settings_.connect_timeout.count()) + " ms";
            co_return false;
        }
        if (waited != net::Io::ok || result != 0) {
            outcome.error = in_words(result != 0 ? result : ECONNABORTED);
            co_return false;
        }
    } else if (error != 0) {
        outcome.error = in_words(error);
        co_return false;
    }
    if (!settings_.tls_context) co_return true;
    const std::string& name =
        settings_.tls.server_name.empty() ? settings_.target.host : settings_.tls.server_name;
    connection.stream.start_tls(
        net::connect_tls(settings_.tls_context, name, settings_.tls.verify));
    outcome.reached = true;
    const net::Io shaken = co_await connection.stream.handshake();
    if (shaken == net::Io::ok) co_return true;
    outcome.timed_out = shaken == net::Io::timed_out;
    outcome.error = "TLS handshake failed: " + connection.stream.failure();
    co_return false;
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
