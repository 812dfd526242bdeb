#include "proxy/http/octets.hpp"
#include "proxy/http/patch.hpp"
#include "proxy/session/exchange.hpp"
#include "proxy/session/pin.hpp"

#include <algorithm>

namespace whogoes::session {
namespace {

constexpr int most_interims = 64;
constexpr int most_repeats = 3;

enum class Attempt : std::uint8_t { answered, failed, stale };

bool is_safe(std::string_view method) {  // RFC 9110, 9.2.1
    return method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "TRACE";
}

void fail(Exchange& exchange, int status, std::string message) {
    exchange.problem = {.status = status, .message = std::move(message), .upstream_at_fault = true};
}

void fail_by_timeout(Exchange& exchange) {
    fail(exchange, 504,
         exchange.pool->settings().target.origin + " did not answer within " +
             std::to_string(exchange.settings->timeouts.response.count()) +
             " ms (limits.timeouts.response)");
}

// A reload may have led elsewhere meanwhile: who logged in there did not log in here.
void let_go_of_foreign_pin(Exchange& exchange) {
    Client& client = exchange.client;
    if (!client.pinned || client.pinned_at == exchange.pool->settings().target.origin) return;
    exchange.pool->discard(std::move(client.pinned));
}

// Where a connection dies under it, nobody can say whether it was read (RFC 9112, 9.3.1).
bool may_be_repeated(const Exchange& exchange) {
    return exchange.body.complete && is_safe(exchange.request().method());
}

// RFC 9113, 8.6 and 8.2.2: HTTP/2 switches to no other protocol, and no connection is a client's.
bool asks_for_http_1(const Exchange& exchange) {
    if (!exchange.pool->may_share()) return false;
    return exchange.request().upgrade || exchange.client.pinned_number != 0 ||
           binds_the_connection(exchange.request());
}

net::Task<bool> get_lease(Exchange& exchange, bool fresh) {
    let_go_of_foreign_pin(exchange);
    using upstream::Pool;
    const Pool::For request = may_be_repeated(exchange) ? Pool::For::safe : Pool::For::unsafe;
    const Pool::Wish wish{request, asks_for_http_1(exchange)};
    if (exchange.client.pinned) {
        exchange.lease = std::move(exchange.client.pinned);
        exchange.lease->reused = true;
        exchange.pin = true;
        if (request == Pool::For::safe || exchange.lease->is_quiet()) co_return true;
        exchange.release_lease(false);
    }
    if (!fresh) exchange.lease = exchange.pool->take_idle(wish);
    if (exchange.lease) co_return true;
    upstream::Connecting connecting = co_await exchange.pool->connect(wish);
    exchange.lease = std::move(connecting.lease);
    if (exchange.lease) co_return true;
    const std::string& origin = exchange.pool->settings().target.origin;
    if (connecting.timed_out)
        fail(exchange, 504, "whogoes could not reach " + origin + ": " + connecting.error);
    else if (connecting.no_descriptor)
        fail(exchange, 503, "whogoes is out of file descriptors: raise the limit (ulimit -n)");
    else if (connecting.distrusted)
        fail(exchange, 502,
             "whogoes could not reach " + origin + ": " + connecting.error +
                 "; upstream_tls.ca, .server_name and .verify say whom to trust");
    else
        fail(exchange, 502, "whogoes could not reach " + origin + ": " + connecting.error);
    co_return false;
}

// The head as it goes out, a copy: what came stays as evidence, and for a second attempt.
http::PatchedHead patched(Exchange& exchange) {
    Scratch& scratch = *exchange.scratch;
    const settings::Settings& settings = *exchange.settings;
    http::RequestHead& head = scratch.request;
    scratch.sent_head.assign(head.bytes);
    http::RequestPatch patch;
    // A unix socket's path is no address, and is whatever its owner named it.
    if (exchange.client.from.peer.kind != net::Peer::Kind::local)
        patch.client_address = exchange.client.from.address;
    patch.client_scheme = client_scheme(exchange);
    patch.client_host = exchange.arrival.authority;
    patch.trusted = exchange.arrival.trusted;
    if (!settings.upstream.pass_client_host()) patch.host = settings.upstream.authority;
    patch.default_host = settings.upstream.authority;
    const std::string via_http_2 =  // RFC 9110, 7.6.3: the protocol that it came by
        exchange.client.is_stream ? "2" + exchange.worker.via.substr(3) : std::string();
    patch.via = exchange.client.is_stream ? via_http_2 : exchange.worker.via;
    patch.forwarded = settings.forwarded;
    if (exchange.replay) patch.authorization = exchange.replay->authorization.reveal();
    if (settings.trace_create) {
        if (!exchange.trace) exchange.trace = begin_trace(head);
        patch.lines = exchange.trace->lines;
    }
    if (exchange.lease->shared && http::same_word(head.value(http::FieldName::te), "trailers")) {
        // RFC 9113, 8.2.2: the one thing of the kind that HTTP/2 has; servers of gRPC ask for it.
        scratch.lines.assign(patch.lines).append("TE: trailers\r\n");
        patch.lines = scratch.lines;
    }
    const std::string_view as_it_came = head.bytes;
    head.bytes = scratch.sent_head;
    const http::PatchedHead sent =
        http::patch_request(head, scratch.sent_head.data(), patch, scratch.added);
    head.bytes = as_it_came;
    return sent;
}

net::Task<net::Io> send_head(Exchange& exchange) {
    const http::PatchedHead head = patched(exchange);
    const std::string_view body = exchange.body.in_buffer;
    const std::string_view kept = exchange.replay ? exchange.upload.kept() : std::string_view();
    iovec pieces[4] = {{const_cast<char*>(head.kept.data()), head.kept.size()},
                       {const_cast<char*>(head.added.data()), head.added.size()},
                       {const_cast<char*>(body.data()), body.size()},
                       {const_cast<char*>(kept.data()), kept.size()}};
    exchange.lease->stream.set_deadline(exchange.settings->timeouts.response);
    const std::span<iovec> all(pieces);
    const net::Io sent = co_await exchange.lease->stream.write_all(all);
    exchange.nothing_sent = sent != net::Io::ok && pieces[0].iov_len == head.kept.size();
    co_return sent;
}

net::Task<bool> pass_interim(Exchange& exchange) {
    net::Buffer& buffer = exchange.answer_buffer;
    bool written = true;
    // RFC 9110, 15.2: never to an HTTP/1.0 client.
    if (exchange.request().minor_version >= 1) {
        const http::ResponsePatch patch;
        const http::PatchedHead head =
            http::patch_response(exchange.answer(), buffer.begin(), patch, exchange.scratch->added);
        iovec pieces[2] = {{const_cast<char*>(head.kept.data()), head.kept.size()},
                           {const_cast<char*>(head.added.data()), head.added.size()}};
        const std::span<iovec> both(pieces);
        exchange.client.stream.set_deadline(exchange.settings->timeouts.response);
        const net::Io outcome = co_await exchange.client.stream.write_all(both);
        written = outcome == net::Io::ok;
    }
    buffer.consume(exchange.answer_head_octets);
    co_return written;
}

// The API speaks another protocol than its URL says: the commonest slip with gRPC, and with TLS.
std::string flaw_of_answer(std::string_view octets, std::string_view flaw) {
    constexpr std::string_view alert("\x15\x03", 2);  // RFC 8446, 5.1
    if (octets.size() > 3 && octets.starts_with(std::string_view("\0\0", 2)) && octets[3] == '\4')
        return " speaks HTTP/2: write h2c:// in place of http://";  // SETTINGS: RFC 9113, 3.4
    if (octets.starts_with(alert)) return " speaks TLS: write https:// in place of http://";
    return " sent an answer that is not valid HTTP/1.1: " + std::string(flaw);
}

std::string without_answer(const Exchange& exchange) {
    const upstream::Target& target = exchange.pool->settings().target;
    std::string words = target.origin + " closed the connection without an answer";
    if (target.protocol == upstream::Protocol::http_2 && !target.tls)
        words += ": does it speak HTTP/2? Where it does not, write http:// in place of h2c://";
    return words;
}

Attempt no_answer(Exchange& exchange, net::Io outcome, bool may_be_stale) {
    if (exchange.client.gone) {
        exchange.problem = Problem::client_gone();
        return Attempt::failed;
    }
    if (exchange.upload.client_failed()) {
        exchange.problem = Problem::client_gone();
        if (exchange.upload.timed_out())
            exchange.problem = {.status = 408,
                                .message =
                                    "the request's body stopped coming "
                                    "(limits.timeouts.body)"};
        else if (exchange.upload.state() == Upload::State::client_broken)
            exchange.problem = {.status = 400, .message = std::string(exchange.upload.flaw())};
        return Attempt::failed;
    }
    if (outcome == net::Io::timed_out) {
        fail_by_timeout(exchange);
        return Attempt::failed;
    }
    const bool untouched = exchange.lease->never_processed() && exchange.body.complete;
    const bool stale = may_be_stale && !exchange.lease->was_reset();
    if ((stale || untouched) && exchange.answer_buffer.empty()) return Attempt::stale;
    if (exchange.answer_buffer.empty())
        fail(exchange, 502, without_answer(exchange));
    else
        fail(exchange, 502,
             exchange.pool->settings().target.origin +
                 " closed the connection in the middle of its answer's head");
    return Attempt::failed;
}

net::Task<Attempt> read_answer_head(Exchange& exchange, bool may_be_stale) {
    net::Buffer& buffer = exchange.answer_buffer;
    net::Stream& upstream = exchange.lease->stream;
    http::HeadLimits limits = exchange.settings->head_limits;
    for (;;) {
        if (!buffer.empty()) {
            const http::HeadProgress progress = http::parse_response_head(
                buffer.view(), limits, exchange.request(), exchange.answer());
            exchange.answer_head_octets = progress.octets;
            if (progress.progress == http::Progress::flawed) {
                fail(exchange, 502,
                     exchange.pool->settings().target.origin +
                         flaw_of_answer(buffer.view(), progress.flaw.words));
                co_return Attempt::failed;
            }
            if (progress.progress == http::Progress::complete) {
                if (!exchange.answer().interim()) co_return Attempt::answered;
                if (++exchange.interims > most_interims) {
                    fail(exchange, 502,
                         exchange.pool->settings().target.origin + " sent too many 1xx answers");
                    co_return Attempt::failed;
                }
                const bool passed = co_await pass_interim(exchange);
                if (!passed) co_return Attempt::failed;
                if (!exchange.upload.running() && !is_open_ended(exchange))
                    upstream.set_deadline(exchange.settings->timeouts.response);
                continue;
            }
            if (buffer.room() == 0) buffer.make_room(buffer.size());
        }
        if (!upstream.has_decrypted()) {
            const net::Io waited = co_await upstream.readable();
            if (waited != net::Io::ok) co_return no_answer(exchange, waited, may_be_stale);
        }
        const net::IoResult read = upstream.try_read(buffer.space(), buffer.room());
        if (read.outcome == net::Io::again) continue;
        if (read.outcome != net::Io::ok) co_return no_answer(exchange, read.outcome, may_be_stale);
        buffer.filled(read.octets);
    }
}

// RFC 9110, 10.1.1: a client that asked first has said that its body is costly to send twice, and
// what it would be told the second time it cannot hear.
void keep_for_replay(Exchange& exchange) {
    const http::RequestHead& head = exchange.request();
    const settings::Treatment& treatment =
        exchange.settings->treatment_for(head.method(), head.path());
    if (!treatment.refresh || head.expect_continue) return;
    const std::size_t most = treatment.refresh->max_body;
    const std::size_t here = exchange.body.in_buffer.size();
    if (here > most || exchange.body.reader.left() > most - here) return;
    exchange.upload.keep(most - here);
}

net::Task<Attempt> attempt(Exchange& exchange, bool fresh) {
    const WatchedClient watched(exchange);
    const bool leased = co_await get_lease(exchange, fresh);
    if (!leased) co_return Attempt::failed;
    const bool reused = exchange.lease->reused;
    const net::Io sent = co_await send_head(exchange);
    // A write that fails may still have an answer behind it; reading tells.
    if (sent == net::Io::timed_out) {
        fail_by_timeout(exchange);
        co_return Attempt::failed;
    }
    if (!exchange.body.complete && sent == net::Io::ok) {
        exchange.lease->stream.clear_deadline();
        if (exchange.settings->refreshes) keep_for_replay(exchange);
        exchange.upload.start(exchange);
    } else if (exchange.body.complete) {
        watch_client(exchange);
    }
    if (is_open_ended(exchange)) exchange.lease->stream.clear_deadline();
    const bool may_be_stale = reused && (may_be_repeated(exchange) || exchange.nothing_sent);
    if (!exchange.answer_buffer) exchange.answer_buffer = exchange.worker.buffers.lend();
    co_return co_await read_answer_head(exchange, may_be_stale);
}

}  // namespace

void watch_client(Exchange& exchange) {
    exchange.client.stream.watch(
        [](void* context) {
            Exchange& watching = *static_cast<Exchange*>(context);
            const net::Io seen = watching.client.stream.peek();
            if (seen == net::Io::ok) return;  // the next request, early
            const settings::HalfClose half_close = watching.settings->half_close;
            if (seen == net::Io::closed && half_close == settings::HalfClose::finish) return;
            watching.client.gone = true;
            if (watching.lease) watching.lease->stream.cancel();
        },
        &exchange);
}

net::Task<bool> forward(Exchange& exchange) {
    Attempt outcome = co_await attempt(exchange, false);
    // Once; but what was never processed may be asked again of another connection.
    for (int again = 0; outcome == Attempt::stale && again < most_repeats; ++again) {
        if (again > 0 && !exchange.lease->never_processed()) break;
        exchange.worker.counters.upstream_retries.add();
        if (exchange.lease->shared && exchange.lease->shared->wants_http_1())
            exchange.pool->avoid_http_2();
        exchange.release_lease(false);
        outcome = co_await attempt(exchange, true);
    }
    if (outcome == Attempt::stale) fail(exchange, 502, without_answer(exchange));
    if (outcome != Attempt::answered) co_return false;
    net::Counters& counters = exchange.worker.counters;
    (exchange.lease->shared ? counters.upstream_http_2 : counters.upstream_http_1).add();
    exchange.pin = exchange.pin || (!exchange.lease->shared &&
                                    binds_the_connection(exchange.request(), exchange.answer()));
    co_return true;
}

}  // namespace whogoes::session
