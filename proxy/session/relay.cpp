#include "proxy/http/body_reader.hpp"
#include "proxy/http/content_type.hpp"
#include "proxy/http/field_line.hpp"
#include "proxy/http/hop_by_hop.hpp"
#include "proxy/http/patch.hpp"
#include "proxy/observe/recording.hpp"
#include "proxy/session/answer_body.hpp"
#include "proxy/session/exchange.hpp"
#include "proxy/session/front_end.hpp"
#include "proxy/session/sighting.hpp"

#include <algorithm>

namespace whogoes::session {
namespace {

// What is kept of an answer's body while it passes, and for whom.
struct Keeping {
    observe::OpenEvent* evidence = nullptr;
    std::string* login = nullptr;
    http::BodyReader reader;  // of what goes to the client

    explicit Keeping(Exchange& exchange) : reader(exchange.answer()) {
        if (exchange.event && exchange.event->wants_body) evidence = exchange.event.get();
        if (exchange.login) login = &exchange.login->body;
    }
    bool wanted() const {
        return (evidence != nullptr && evidence->wants_payload()) ||
               (login != nullptr && login->size() < login_octets);
    }
    // What goes to the client, less the framing that it has.
    void keep_copy(const AnswerBody& body, std::string_view bytes) {
        if (!body.passes_chunks()) return keep(bytes);
        reader.take(bytes, [this](std::string_view payload) { keep(payload); });
    }

private:
    void keep(std::string_view data) const {
        if (evidence != nullptr) evidence->pass(data);
        if (login != nullptr) login->append(data.substr(0, login_octets - login->size()));
    }
};

// In a head that a body follows it does harm: gRPC's C core (Python, C++, Ruby) then drops the call
// as "Stream removed", of an unknown error, and grpc-js does not look at it. Without a body both
// take code and message.
void add_grpc_status(Exchange& exchange, std::string& lines) {
    if (exchange.answer().framing != http::Framing::none) return;
    const rules::RpcStatus& told = *exchange.event->prescribed().grpc;
    http::append_field(lines, "grpc-status", std::to_string(told.code));
    http::append_field(lines, "grpc-message", rules::rpc_message_encoded(told.message));
    exchange.changes.push_back("grpc-status: " + std::to_string(told.code) +
                               " was added beside this " +
                               std::to_string(exchange.answer().status));
}

// Our own lines for the answer's head; into scratch.lines.
void add_remedy(Exchange& exchange, http::ResponsePatch& patch) {
    std::string& lines = exchange.scratch->lines;
    lines.clear();
    if (!exchange.event) return;
    if (exchange.event->prescribed().grpc) add_grpc_status(exchange, lines);
    patch.lines = lines;
    if (exchange.event->prescribed().challenges.empty()) return;
    for (const std::string& challenge : exchange.event->prescribed().challenges)
        http::append_field(lines, "WWW-Authenticate", challenge);
    if (exchange.event->prescribed().expose_challenge) {
        std::string exposed;
        for (const http::FieldLine& line : exchange.answer().fields) {
            if (line.name != http::FieldName::access_control_expose_headers) continue;
            exposed.append(exchange.answer().value_of(line)).append(", ");
        }
        if (!http::is_listed("WWW-Authenticate", exposed)) {
            http::append_field(lines, "Access-Control-Expose-Headers",
                               exposed + "WWW-Authenticate");
            patch.replace_expose_headers = true;
        }
    }
    patch.lines = lines;
}

bool becomes_unauthorized(const Exchange& exchange) {
    return exchange.event && exchange.event->prescribed().unauthorized_for_redirect;
}

// A login page is no answer to who asked for JSON: RFC 9110, 15.5.2 is.
void turn_redirect(Exchange& exchange, http::ResponsePatch& patch) {
    if (!becomes_unauthorized(exchange)) return;
    patch.status_line = "HTTP/1.1 401 Unauthorized\r\n";
    patch.cut = "location";
    exchange.changes.push_back("the redirect to a login page (" +
                               std::to_string(exchange.answer().status) + ") became this 401");
}

http::PatchedHead patched(Exchange& exchange, const AnswerBody& body) {
    const http::RequestHead& request = exchange.request();
    http::ResponsePatch patch;
    const bool switching = exchange.answer().status == 101;
    using State = Upload::State;
    const State upload = exchange.upload.state();
    if (body.ends_with_connection() || body.takes_framing_off() || upload == State::running ||
        upload == State::upstream_gone || upload == State::stopped || exchange.worker.draining)
        exchange.keep_alive = false;
    patch.close = !exchange.keep_alive && !switching;
    patch.keep_alive_1_0 = exchange.keep_alive && request.minor_version == 0;
    patch.drop_chunked = request.minor_version == 0;
    if (exchange.answer().find(http::FieldName::date) == nullptr)
        patch.date = exchange.worker.http_date();
    patch.keep_upgrade = switching;
    add_remedy(exchange, patch);
    turn_redirect(exchange, patch);
    std::string cut(patch.cut);
    if (exchange.settings->dev) {
        help_front_end(exchange, exchange.scratch->lines, cut);
        patch.lines = exchange.scratch->lines;
        patch.cut = cut;
    }
    return http::patch_response(exchange.answer(), exchange.answer_buffer.begin(), patch,
                                exchange.scratch->added);
}

// What lasts for days holds of its request what may still be asked for: the head, and no block with
// room for another.
void hold_head_alone(Exchange& exchange) {
    if (exchange.event || !exchange.body.complete) return;  // others look into the block
    net::Buffer& buffer = exchange.client.buffer;
    http::RequestHead& head = exchange.request();
    const auto begin = static_cast<std::size_t>(head.bytes.data() - buffer.begin());
    buffer.shrink();
    head.bytes = buffer.view().substr(begin, head.bytes.size());
    exchange.body.in_buffer =
        buffer.view().substr(exchange.head_octets, exchange.body.in_buffer.size());
}

// More of the body into the (empty) buffer. False: the upstream ended or failed; until_close bodies
// end so in good order.
net::Task<bool> read_more(Exchange& exchange, AnswerBody& body, bool wait_first) {
    net::Stream& upstream = exchange.lease->stream;
    net::Buffer& buffer = exchange.answer_buffer;
    for (;;) {
        net::IoResult read;
        if (wait_first && !upstream.has_decrypted()) {
            read.outcome = net::Io::again;
        } else {
            if (!buffer) buffer = exchange.worker.buffers.lend();
            read = upstream.try_read(buffer.space(), buffer.room());
        }
        if (read.outcome == net::Io::again) {
            const net::Io waited = co_await upstream.readable();
            if (waited != net::Io::ok) co_return false;
            wait_first = false;
            continue;
        }
        if (read.outcome == net::Io::ok) {
            buffer.filled(read.octets);
            co_return true;
        }
        if (read.outcome == net::Io::closed) body.upstream_ended();
        co_return false;
    }
}

bool may_pass_unseen(const Exchange& exchange, const AnswerBody& body, const Keeping& keeping) {
    return body.unseen() >= worth_a_pipe && !keeping.wanted() &&
           exchange.client.stream.has_pipes() && exchange.lease->stream.has_pipes();
}

// The rest of a body that nobody looks at, inside the kernel. True: on both sides all is well, and
// what is left goes the ordinary way: nothing, unless there was no pipe to be had.
net::Task<bool> pass_unseen(Exchange& exchange, AnswerBody& body) {
    net::Stream& upstream = exchange.lease->stream;
    net::Stream& client = exchange.client.stream;
    const settings::Timeouts& timeouts = exchange.settings->timeouts;
    net::Pipe pipe;
    net::Share share;
    bool counted = false;
    for (;;) {
        if (!exchange.upload.running()) upstream.set_deadline(timeouts.response);
        const net::IoResult read =
            co_await upstream.read_some(exchange.worker.pipes, pipe, body.unseen());
        if (read.outcome == net::Io::again) co_return true;
        if (read.outcome != net::Io::ok) co_return false;
        body.passed(read.octets);
        if (!std::exchange(counted, true)) exchange.worker.counters.bodies_unseen.add();
        client.set_deadline(timeouts.idle);
        const net::Io written = co_await client.write_all(pipe, upstream);
        if (written != net::Io::ok) {
            exchange.client.gone = true;
            co_return false;
        }
        if (body.done()) co_return true;
        if (share.spent(read.octets)) co_await exchange.worker.next_turn();
        if (exchange.client.gone) co_return false;
    }
}

// Sends the head and the whole body. False: it broke off on either side.
net::Task<bool> send_answer(Exchange& exchange, AnswerBody& body) {
    net::Buffer& buffer = exchange.answer_buffer;
    net::Stream& client = exchange.client.stream;
    // Patching moves the octets that the fields lie in: what they say is read before.
    const bool endless = http::is_event_stream(exchange.answer()) || is_open_ended(exchange);
    exchange.upstream_keep_alive = http::keep_alive_timeout(exchange.answer());
    http::PatchedHead head = patched(exchange, body);
    buffer.consume(exchange.answer_head_octets);
    if (endless && exchange.lease) {
        client.keep_asking();
        exchange.lease->stream.keep_asking();
        hold_head_alone(exchange);
    }
    const settings::Timeouts& timeouts = exchange.settings->timeouts;
    Keeping keeping(exchange);
    net::Share share;
    bool short_read = true;
    for (;;) {
        const AnswerBody::Portion portion = body.take(buffer.begin(), buffer.size());
        if (keeping.wanted()) keeping.keep_copy(body, {buffer.begin(), portion.octets});
        iovec pieces[4] = {{const_cast<char*>(head.lead.data()), head.lead.size()},
                           {const_cast<char*>(head.kept.data()), head.kept.size()},
                           {const_cast<char*>(head.added.data()), head.added.size()},
                           {buffer.begin(), portion.octets}};
        const std::span<iovec> all = std::span(pieces).subspan(head.lead.empty() ? 1 : 0);
        client.set_deadline(timeouts.idle);
        exchange.answer_started = true;
        const net::Io written = co_await client.write_all(all);
        if (written != net::Io::ok) {
            exchange.client.gone = true;
            co_return false;
        }
        head = {};
        buffer.consume(portion.consumed);
        if (body.done()) co_return true;
        if (share.spent(portion.octets)) co_await exchange.worker.next_turn();
        if (body.flawed() || exchange.client.gone) co_return false;
        buffer.clear();
        if (endless) {
            buffer.release();
            client.clear_deadline();  // an upload may wait on it as well
            exchange.lease->stream.clear_deadline();
        } else if (may_pass_unseen(exchange, body, keeping)) {
            const bool passed = co_await pass_unseen(exchange, body);
            if (!passed || body.done()) co_return passed;
        }
        if (!endless && !exchange.upload.running())
            exchange.lease->stream.set_deadline(timeouts.response);
        const bool more = co_await read_more(exchange, body, short_read);
        if (!more) co_return body.done();
        short_read = buffer.room() > 0;
    }
}

// Who has asked for the end and sent nothing beyond its request is done. Not so under TLS: the word
// that ends it may have to wait behind an answer that is read slowly.
bool may_still_send(const Exchange& exchange, bool request_sent) {
    const Client& client = exchange.client;
    const std::size_t used = exchange.head_octets + exchange.body.in_buffer.size();
    return !request_sent || exchange.request().keep_alive || client.stream.is_tls() ||
           client.buffer.size() > used || client.stream.has_unread();
}

}  // namespace

net::Task<bool> relay(Exchange& exchange) {
    exchange.status = becomes_unauthorized(exchange) ? 401 : exchange.answer().status;
    AnswerBody body(exchange.answer(), exchange.request().minor_version == 0);
    if (exchange.answer_whole) body.comes_whole();
    if (exchange.event && exchange.event->wants_body)
        body.keep_trailers(exchange.event->passing_trailers());
    const WatchedClient watched(exchange);
    if (!exchange.upload.running()) watch_client(exchange);
    const bool whole = co_await send_answer(exchange, body);
    if (exchange.event) exchange.event->body_whole = whole;
    if (!whole && !exchange.client.gone && !exchange.upload.client_failed())
        observe::record_broken_answer(exchange.worker.observer, sighting(exchange), body.flaw(),
                                      exchange.lease ? exchange.lease->stream.failure() : "");
    co_return whole;
}

net::Task<bool> finish(Exchange& exchange, bool whole) {
    if (!whole) {
        // What is sent so far must not pass for the whole: a reset says so in every framing.
        co_await exchange.upload.stop(exchange);
        exchange.release_lease(false);
        exchange.client.stream.reset();
        co_return false;
    }
    if (exchange.status == 101) {
        co_await tunnel(exchange);
        exchange.release_lease(false);
        co_return false;
    }
    const bool request_sent =
        exchange.body.complete || exchange.upload.state() == Upload::State::sent;
    co_await exchange.upload.stop(exchange);
    const bool clean = request_sent && exchange.answer().keep_alive &&
                       exchange.answer().framing != http::Framing::until_close &&
                       exchange.answer_buffer.empty();
    exchange.release_lease(clean);
    const bool keep = exchange.keep_alive && request_sent;
    exchange.client.lingers = !keep && may_still_send(exchange, request_sent);
    co_return keep;
}

}  // namespace whogoes::session
