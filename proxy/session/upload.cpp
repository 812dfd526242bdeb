#include "proxy/session/upload.hpp"

#include "proxy/http/content_type.hpp"
#include "proxy/session/exchange.hpp"

#include <algorithm>

namespace whogoes::session {

void Upload::start(Exchange& exchange) {
    state_ = State::running;
    net::spawn(run(exchange), [this, &exchange](const std::exception_ptr&) {
        ended(exchange, State::client_gone);
    });
}

net::Task<> Upload::run(Exchange& exchange) {
    const State how = co_await send_rest(exchange);
    ended(exchange, how);
}

void Upload::ended(Exchange& exchange, State how) {
    state_ = how;
    if (stopping_ || !exchange.lease) {
        finished_.raise();
        return;
    }
    // The answer is not waited for: the upstream has switched protocols, and the tunnel goes on.
    if (exchange.status == 101) return finished_.raise();
    net::Stream& upstream = exchange.lease->stream;
    if (!client_failed()) {
        if (!is_open_ended(exchange)) upstream.set_deadline(exchange.settings->timeouts.response);
        if (how == State::sent) watch_client(exchange);
        finished_.raise();
        return;
    }
    // Nobody reads the answer of a request that will never be whole. Last, since whoever waits for
    // that answer ends the exchange at once, and this upload with it.
    finished_.raise();
    upstream.cancel();
}

net::Task<Upload::State> Upload::send_rest(Exchange& exchange) {
    Client& client = exchange.client;
    RequestBody& body = exchange.body;
    buffer_ = client.worker.buffers.lend();
    const bool text = http::is_text(exchange.request());
    // Room for all that it will hold: an early answer's observer keeps a view of it.
    if (text) {
        body.first_octets.reserve(text_evidence_octets);
        body.first_octets = body.in_buffer.substr(0, text_evidence_octets);
    }
    const settings::Timeouts& timeouts = exchange.settings->timeouts;
    // A client that waits for "100 Continue" is silent for as long as the upstream is.
    std::chrono::milliseconds patience = timeouts.body();
    if (exchange.request().expect_continue) patience = std::max(patience, timeouts.response);
    const bool open_ended = is_open_ended(exchange);
    net::Share share;
    for (;;) {
        if (may_go_unseen(exchange, text)) {
            const std::optional<State> how = co_await send_unseen(exchange, patience);
            if (how) co_return *how;
        }
        if (open_ended)
            client.stream.clear_deadline();
        else
            client.stream.set_deadline(patience);
        patience = timeouts.body();
        const net::IoResult read =
            co_await client.stream.read_some(buffer_.space(), buffer_.room());
        if (stopping_) co_return State::stopped;
        if (read.outcome != net::Io::ok) {
            timed_out_ = read.outcome == net::Io::timed_out;
            co_return State::client_gone;
        }
        buffer_.filled(read.octets);
        const http::BodyReader::Step portion = body.reader.take(buffer_.view());
        if (portion.flawed) {
            flaw_ = body.reader.flaw();
            co_return State::client_broken;
        }
        if (text && body.first_octets.size() < text_evidence_octets)
            body.first_octets.append(buffer_.view().substr(
                0, std::min(portion.octets, text_evidence_octets - body.first_octets.size())));
        all_read_ = portion.done;
        if (keeps_) keep_portion(body, buffer_.view().substr(0, portion.octets));
        iovec piece{buffer_.begin(), portion.octets};
        const std::span<iovec> pieces(&piece, 1);
        net::Stream& upstream = exchange.lease->stream;
        upstream.set_deadline(exchange.settings->timeouts.response);
        const net::Io written = co_await upstream.write_all(pieces);
        buffer_.consume(portion.octets);
        if (stopping_) co_return State::stopped;
        // A slow client is not the upstream's fault: its clock runs only while we wait for it.
        upstream.clear_deadline();
        if (written != net::Io::ok) co_return State::upstream_gone;
        if (portion.done) co_return State::sent;
        if (share.spent(portion.octets)) co_await exchange.worker.next_turn();
        if (stopping_) co_return State::stopped;
    }
}

bool Upload::may_go_unseen(const Exchange& exchange, bool text) const {
    const RequestBody& body = exchange.body;
    return !keeps_ && body.reader.left() >= worth_a_pipe && !is_open_ended(exchange) &&
           (!text || body.first_octets.size() >= text_evidence_octets) &&
           exchange.client.stream.has_pipes() && exchange.lease->stream.has_pipes();
}

// The rest inside the kernel, from one socket to the other. Nothing: there was no pipe to be had,
// and what is left goes the ordinary way.
net::Task<std::optional<Upload::State>> Upload::send_unseen(Exchange& exchange,
                                                            std::chrono::milliseconds patience) {
    net::Stream& client = exchange.client.stream;
    net::Stream& upstream = exchange.lease->stream;
    http::BodyReader& body = exchange.body.reader;
    const settings::Timeouts& timeouts = exchange.settings->timeouts;
    net::Pipe pipe;
    net::Share share;
    bool counted = false;
    for (;;) {
        client.set_deadline(patience);
        patience = timeouts.body();
        const net::IoResult read =
            co_await client.read_some(exchange.worker.pipes, pipe, body.left());
        if (stopping_) co_return State::stopped;
        if (read.outcome == net::Io::again) co_return std::nullopt;
        if (read.outcome != net::Io::ok) {
            timed_out_ = read.outcome == net::Io::timed_out;
            co_return State::client_gone;
        }
        body.passed(read.octets);
        if (!std::exchange(counted, true)) exchange.worker.counters.bodies_unseen.add();
        all_read_ = body.done();
        upstream.set_deadline(timeouts.response);
        const net::Io written = co_await upstream.write_all(pipe, client);
        if (stopping_) co_return State::stopped;
        upstream.clear_deadline();
        if (written != net::Io::ok) co_return State::upstream_gone;
        if (body.done()) co_return State::sent;  // at once: the answer may be here
        if (share.spent(read.octets)) co_await exchange.worker.next_turn();
        if (stopping_) co_return State::stopped;
    }
}

void Upload::keep(std::size_t at_most) {
    keeps_ = true;
    most_kept_ = at_most;
}

void Upload::keep_portion(const RequestBody& body, std::string_view bytes) {
    keeps_ = bytes.size() <= most_kept_ - kept_.size() && !body.reader.has_trailers();
    if (keeps_)
        kept_.append(bytes);
    else
        kept_ = std::string();
}

net::Task<bool> Upload::keep_rest(Exchange& exchange) {
    net::Stream& client = exchange.client.stream;
    net::Share share;
    while (keeps_ && !all_read_ && !client_failed()) {
        client.set_deadline(exchange.settings->timeouts.body());
        const net::IoResult read = co_await client.read_some(buffer_.space(), buffer_.room());
        if (read.outcome != net::Io::ok) break;
        buffer_.filled(read.octets);
        const http::BodyReader::Step portion = exchange.body.reader.take(buffer_.view());
        if (portion.flawed) break;
        all_read_ = portion.done;
        keep_portion(exchange.body, buffer_.view().substr(0, portion.octets));
        buffer_.consume(portion.octets);
        if (share.spent(portion.octets)) co_await exchange.worker.next_turn();
    }
    if (!keeps_ || !all_read_) co_return false;
    if (state_ != State::sent) state_ = State::kept;
    co_return true;
}

net::Task<> Upload::stop(Exchange& exchange) {
    if (state_ != State::running) co_return;
    stopping_ = true;
    // Its two waits are on these streams; both end at once, and so does it.
    exchange.client.stream.interrupt();
    if (running() && exchange.lease) exchange.lease->stream.interrupt();
    if (running()) co_await finished_;
}

net::Task<> Upload::join() {
    if (running()) co_await finished_;
}

}  // namespace whogoes::session
