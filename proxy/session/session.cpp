#include "proxy/http/content_type.hpp"
#include "proxy/http/forwarding.hpp"
#include "proxy/net/address.hpp"
#include "proxy/observe/observe.hpp"
#include "proxy/observe/recording.hpp"
#include "proxy/session/arrival.hpp"
#include "proxy/session/exchange.hpp"
#include "proxy/session/front_end.hpp"
#include "proxy/session/metadata.hpp"
#include "proxy/session/sighting.hpp"
#include "proxy/session/simulation.hpp"
#include "proxy/settings/own_host.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <utility>

// The life of a client connection: read a head, forward, observe, relay, record, and again.
namespace whogoes::session {
namespace {

net::Method method_of(std::string_view method) {
    if (method == "GET") return net::Method::get;
    if (method == "HEAD") return net::Method::head;
    if (method == "POST") return net::Method::post;
    if (method == "PUT") return net::Method::put;
    if (method == "PATCH") return net::Method::patch;
    if (method == "DELETE") return net::Method::delete_;
    if (method == "OPTIONS") return net::Method::options;
    return net::Method::other;
}

enum class HeadRead : std::uint8_t { complete, flawed, gone };

// A head that does not come in time, or never, gets an answer only when something of it came.
net::Task<HeadRead> read_head(Exchange& exchange) {
    Client& client = exchange.client;
    const http::HeadLimits& limits = exchange.settings->head_limits;
    client.stream.set_deadline(exchange.settings->timeouts.header);
    for (;;) {
        if (!client.buffer.empty()) {
            const http::HeadProgress progress =
                http::parse_request_head(client.buffer.view(), limits, exchange.request());
            exchange.head_octets = progress.octets;
            if (progress.progress == http::Progress::complete) co_return HeadRead::complete;
            if (progress.progress == http::Progress::flawed) {
                exchange.problem = {.status = progress.flaw.status,
                                    .message = std::string(progress.flaw.words)};
                if (!progress.flaw.section.empty())
                    exchange.problem.message.append(" (").append(progress.flaw.section).append(")");
                if (progress.flaw.status == 405)
                    exchange.problem.allow = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
                co_return HeadRead::flawed;
            }
            if (client.buffer.room() == 0) client.buffer.make_room(client.buffer.size());
        }
        const net::IoResult read =
            co_await client.stream.read_some(client.buffer.space(), client.buffer.room());
        if (read.outcome == net::Io::timed_out && !client.buffer.empty()) {
            exchange.problem = {.status = 408,
                                .message =
                                    "the request's head did not arrive in time "
                                    "(limits.timeouts.header)"};
            co_return HeadRead::flawed;
        }
        if (read.outcome != net::Io::ok) co_return HeadRead::gone;
        client.buffer.filled(read.octets);
    }
}

// What of the body came with the head. False: its chunks are broken.
bool take_body_start(Exchange& exchange) {
    const std::string_view rest = exchange.client.buffer.view().substr(exchange.head_octets);
    if (exchange.body.begin(exchange.request(), rest)) return true;
    exchange.problem = {.status = 400, .message = std::string(exchange.body.reader.flaw())};
    return false;
}

// Requests that must not reach the upstream.
bool may_pass(Exchange& exchange) {
    if (exchange.client.plain_on_tls) {
        exchange.problem = {.status = 400,
                            .message = "this port speaks TLS: write https:// in place of http://"};
        return false;
    }
    const http::RequestHead& head = exchange.request();
    const std::string_view own_id =
        std::string_view(exchange.worker.via).substr(exchange.worker.via.find(' ') + 1);
    for (const http::FieldLine& line : head.fields) {
        if (line.name != http::FieldName::via) continue;
        if (head.value_of(line).find(own_id) == std::string_view::npos) continue;
        exchange.problem = {.status = 508,
                            .message =
                                "the request came back to whogoes: the upstream leads to "
                                "this proxy itself; check `upstream`"};
        return false;
    }
    // RFC 9112, 3.2.2: a server takes the absolute form; it agrees with Host, or came no further.
    if (head.absolute_form && !exchange.settings->host_names.empty() &&
        !settings::is_own_host(*exchange.settings, http::asked_authority(head))) {
        exchange.problem = {.status = 421,
                            .message =
                                "whogoes serves one upstream and is no open proxy: the "
                                "request names another host than `host_names`"};
        return false;
    }
    return true;
}

void count(Exchange& exchange) {
    net::Counters& counters = exchange.worker.counters;
    if (exchange.status < 100) return;
    const auto status = static_cast<std::size_t>(std::min(exchange.status, 599));
    const auto method = static_cast<std::size_t>(exchange.method);
    counters.requests[method][status - 100].add();
    (exchange.client.is_stream ? counters.client_http_2 : counters.client_http_1).add();
    counters.duration[status / 100 - 1].observe(
        std::chrono::duration_cast<std::chrono::microseconds>(net::Clock::now() - exchange.began));
    if (exchange.answered != net::Clock::time_point{})
        counters.upstream_duration.observe(std::chrono::duration_cast<std::chrono::microseconds>(
            exchange.answered - exchange.began));
}

// The next request starts where this one ended, wherever its octets lie.
void keep_surplus(Exchange& exchange) {
    net::Buffer& buffer = exchange.client.buffer;
    buffer.consume(exchange.head_octets + exchange.body.in_buffer.size());
    net::Buffer& surplus = exchange.upload.surplus();
    if (surplus && !surplus.empty()) buffer.append(surplus.view());
}

net::Task<bool> run_exchange(Exchange& exchange) {
    const HeadRead read = co_await read_head(exchange);
    if (read == HeadRead::gone) co_return false;
    exchange.began = net::Clock::now();
    exchange.method = method_of(exchange.request().method());
    if (read == HeadRead::flawed) co_return co_await answer_ourselves(exchange);
    arrive(exchange);
    exchange.keep_alive = exchange.request().keep_alive;
    if (!may_pass(exchange) || !take_body_start(exchange)) {
        exchange.keep_alive = false;
        co_return co_await answer_ourselves(exchange);
    }
    if (asks_for_metadata(exchange)) co_return co_await answer_metadata(exchange);
    if (exchange.settings->dev)
        if (const rules::Cause* cause = asked_refusal(exchange))
            co_return co_await refuse(exchange, *cause);
    const bool forwarded = co_await forward(exchange);
    if (!forwarded) {
        co_await exchange.upload.stop(exchange);
        exchange.release_lease(false);
        const bool keep = co_await answer_ourselves(exchange);
        co_return keep;
    }
    exchange.answered = net::Clock::now();
    observe::at_head(exchange.worker.observer, sighting(exchange));
    if (is_to_be_replayed(exchange)) {
        const bool there = co_await renew_and_replay(exchange);
        if (!there) {
            co_await exchange.upload.stop(exchange);
            exchange.release_lease(false);
            exchange.status = exchange.replay ? exchange.replay->first_status : 0;
            observe::conclude(exchange.worker.observer, sighting(exchange));
            co_return false;
        }
    }
    expect_tokens(exchange);
    bool whole = false;
    if (exchange.settings->dev && takes_preflight(exchange))
        whole = co_await answer_preflight(exchange);
    else
        whole = co_await relay(exchange);
    if (whole && exchange.login) take_tokens(exchange);
    learn_end(exchange);
    observe::conclude(exchange.worker.observer, sighting(exchange));
    co_return co_await finish(exchange, whole);
}

}  // namespace

net::Task<bool> serve_one(Client& client) {
    Exchange exchange(client);
    client.registered.phase = Registered::Phase::busy;
    bool keep = false;
    std::exception_ptr bug;
    try {
        keep = co_await run_exchange(exchange);
    } catch (...) {
        bug = std::current_exception();
    }
    // The upload refers to this frame: whatever happened, it ends first.
    co_await exchange.upload.stop(exchange);
    count(exchange);
    if (bug) std::rethrow_exception(bug);
    if (keep) keep_surplus(exchange);
    client.registered.phase = Registered::Phase::idle;
    // An answer that did not announce the end promised one to the request that came meanwhile.
    if (keep && client.worker.draining && client.buffer.empty() && !client.stream.has_unread()) {
        client.lingers = true;
        keep = false;
    }
    co_return keep;
}

namespace {

// Nothing is held while a connection is idle but its frame: no buffer, no parser.
net::Task<bool> wait_for_request(Client& client) {
    if (client.buffer && !client.buffer.empty()) co_return true;
    client.buffer.release();
    client.stream.set_deadline(client.worker.draining ? at_the_door
                                                      : client.worker.settings->timeouts.idle);
    if (client.stream.has_decrypted()) co_return true;
    client.worker.counters.client_connections_idle.add();
    const net::Io waited = co_await client.stream.readable();
    client.worker.counters.client_connections_idle.subtract();
    co_return waited == net::Io::ok;
}

// What a request counts for in its connection's share of a turn, whatever its size.
constexpr std::size_t octets_a_request = std::size_t{16} * 1024;

net::Task<> serve_connection(Worker& worker, int socket, net::Endpoint peer) {
    Client client(worker, socket, peer);
    if (worker.tls) {
        client.stream.set_deadline(worker.settings->timeouts.handshake());
        client.plain_on_tls = co_await client.stream.begins_in_plain();
    }
    if (worker.tls && !client.plain_on_tls) {
        client.stream.start_tls(net::accept_tls(worker.tls));
        const net::Io shaken = co_await client.stream.handshake();
        if (shaken != net::Io::ok) co_return;
        if (client.stream.speaks_h2()) co_return co_await serve_http_2(client);
    }
    net::Share share;
    bool is_first = true;
    for (;;) {
        const bool more = co_await wait_for_request(client);
        // Its last answer may still be on its way.
        if (!more) client.lingers = worker.draining && client.stream.has_unsent();
        if (!more) break;
        if (!client.buffer) client.buffer = worker.buffers.lend();
        if (std::exchange(is_first, false)) {
            const bool is_http_2 = co_await begins_http_2(client);
            if (is_http_2) co_return co_await serve_http_2(client);
        }
        const bool keep = co_await serve_one(client);
        if (!keep) break;
        // Requests that lie there already are served without a wait where the answers are ours.
        const bool waits = !client.buffer || client.buffer.empty();
        if (!waits && share.spent(octets_a_request)) co_await worker.next_turn();
    }
    client.registered.phase = Registered::Phase::ending;
    if (client.lingers) co_await linger(client);
}

}  // namespace

// What a peer binds a unix socket to is a name of its own choosing and no address: "10.0.0.1", or
// bytes that end a line.
From::From(const net::Endpoint& endpoint)
    : address(endpoint.family() == AF_UNIX ? std::string() : endpoint.host()),
      peer(net::peer_of(endpoint)) {}

Client::Client(Worker& worker_of, net::Stream one_of_several, const From& from_there)
    : worker(worker_of), stream(std::move(one_of_several)), from(from_there), is_stream(true) {
    registered.stream = &stream;
    worker.connections.push_back(registered);
}

Client::Client(Worker& worker_of, int socket, const net::Endpoint& from_there)
    : worker(worker_of),
      stream(worker_of.io, worker_of.deadlines, socket),
      from(from_there),
      is_stream(false) {
    registered.stream = &stream;
    worker.connections.push_back(registered);
    worker.counters.client_connections_total.add();
    worker.counters.client_connections_active.add();
}

Client::~Client() {
    if (pinned) worker.pool->discard(std::move(pinned));
    stream.close();
    if (is_stream) return;
    worker.counters.client_connections_active.subtract();
    if (worker.connection_ended) worker.connection_ended();
}

Exchange::Exchange(Client& client_of)
    : client(client_of),
      worker(client_of.worker),
      settings(client_of.worker.settings),
      pool(client_of.worker.pool) {
    if (worker.spare_scratch.empty()) {
        scratch = std::make_unique<Scratch>();
    } else {
        scratch = std::move(worker.spare_scratch.back());
        worker.spare_scratch.pop_back();
    }
}

Exchange::~Exchange() {
    if (lease) pool->discard(std::move(lease));
    if (worker.spare_scratch.size() < 64) worker.spare_scratch.push_back(std::move(scratch));
}

bool is_open_ended(const Exchange& exchange) {
    return exchange.client.is_stream && http::is_grpc(exchange.request());
}

void Exchange::release_lease(bool clean) {
    if (!lease) return;
    if (clean && pin) {
        client.pinned_number = lease->number;
        client.pinned_at = pool->settings().target.origin;
        client.pinned = std::move(lease);
    } else if (clean && pool == worker.pool) {
        pool->give_back(std::move(lease), upstream_keep_alive);
    } else {
        pool->discard(std::move(lease));
    }
}

void serve(Worker& worker, int socket, const net::Endpoint& peer) {
    net::spawn(serve_connection(worker, socket, peer), [&worker](const std::exception_ptr& bug) {
        observe::record_bug(worker.observer, bug);
    });
}

}  // namespace whogoes::session
