#include "proxy/upstream/dialer.hpp"

#include "proxy/net/bell.hpp"
#include "proxy/net/sockets.hpp"

#include <openssl/ssl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <utility>

namespace whogoes::upstream {
namespace {

std::string in_words(int error) {
    std::string words = std::strerror(error);
    if (!words.empty() && words[0] >= 'A' && words[0] <= 'Z')
        words[0] = static_cast<char>(words[0] - 'A' + 'a');
    return words;
}

}  // namespace

// The addresses that are tried for one connection. Each runs in a coroutine of its own.
struct Dialer::Race {
    struct Runner {
        net::Endpoint endpoint;
        Lease lease = std::make_unique<Connection>();
        Connecting outcome{};
        bool running = true;
        bool opened = false;
    };

    Race(net::Deadlines& deadlines, net::Alpn offered) : alpn(offered), bell(deadlines) {}

    void arrived(Runner& runner) {
        runner.running = false;
        bell.ring();
    }
    bool won() const {
        return std::any_of(runners.begin(), runners.end(),
                           [](const Runner& runner) { return runner.opened; });
    }
    bool lost() const {
        return std::none_of(runners.begin(), runners.end(),
                            [](const Runner& runner) { return runner.running; });
    }

    const net::Alpn alpn;
    std::deque<Runner> runners;  // stays where it is while others join
    net::Bell bell;              // at the end of each
};

Dialer::Dialer(const PoolSettings& settings, net::Reactor& io, net::Deadlines& deadlines)
    : settings_(settings),
      io_(io),
      deadlines_(deadlines),
      sessions_(settings.tls_context ? std::make_shared<net::TlsSessions>() : nullptr) {}

net::Task<> Dialer::run(std::shared_ptr<Race> race, std::size_t number) const {
    Race::Runner& runner = race->runners[number];
    runner.opened = co_await open(runner.endpoint, race->alpn, *runner.lease, runner.outcome);
    race->arrived(runner);
}

// Once somebody answers at an address, what is missing is TLS, which has its own time.
net::Task<> Dialer::give_head_start(Race& race, bool last) const {
    const Race::Runner& latest = race.runners.back();
    while (latest.running && !race.won()) {
        if (last || latest.outcome.reached) {
            co_await race.bell.rung();
            continue;
        }
        const bool rung = co_await race.bell.rung_within(head_start);
        if (!rung && !latest.outcome.reached) co_return;
    }
}

net::Task<Connecting> Dialer::connect(std::vector<net::Endpoint> endpoints, net::Alpn alpn) {
    const auto race = std::make_shared<Race>(deadlines_, alpn);
    endpoints = failed_.ordered(std::move(endpoints), deadlines_.now());
    for (const net::Endpoint& endpoint : endpoints) {
        const std::size_t number = race->runners.size();
        race->runners.push_back({.endpoint = endpoint});
        net::spawn(run(race, number), [&runner = race->runners[number], race](const auto&) {
            runner.outcome.error = "whogoes has no memory left for a connection";
            race->arrived(runner);
        });
        co_await give_head_start(*race, number + 1 == endpoints.size());
        if (race->won()) break;
    }
    while (!race->won() && !race->lost()) co_await race->bell.rung();
    co_return judge(*race);
}

// The losers end here and now: none outlives its race.
Connecting Dialer::judge(Race& race) {
    Connecting outcome;
    for (Race::Runner& runner : race.runners) {
        if (runner.opened && !outcome.lease) {
            failed_.worked(runner.endpoint);
            outcome = Connecting{};
            outcome.lease = std::move(runner.lease);
            continue;
        }
        if (runner.running) runner.lease->stream.cancel();
        failed_.failed(runner.endpoint, deadlines_.now());
        if (!outcome.lease && (outcome.error.empty() || runner.outcome.reached > outcome.reached))
            outcome = std::move(runner.outcome);
    }
    return outcome;
}

net::Task<bool> Dialer::open(const net::Endpoint& endpoint, net::Alpn alpn, Connection& connection,
                             Connecting& outcome) const {
    const int socket = net::open_socket(endpoint.family(), SOCK_STREAM);
    if (socket < 0) {
        outcome.no_descriptor = errno == EMFILE || errno == ENFILE;
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
        net::connect_tls(settings_.tls_context, name, settings_.tls.verify, alpn, sessions_));
    outcome.reached = true;
    const net::Io shaken = co_await connection.stream.handshake();
    if (shaken == net::Io::ok) co_return true;
    if (shaken == net::Io::failed) sessions_->clear();  // it may be what was resumed
    outcome.timed_out = shaken == net::Io::timed_out;
    outcome.error = "TLS handshake failed: " + connection.stream.failure();
    outcome.distrusted = connection.stream.distrusts();
    co_return false;
}

}  // namespace whogoes::upstream
