#include "proxy/session/exchange.hpp"

// After a 101 the proxy copies bytes and knows nothing of what they mean.
namespace whogoes::session {
namespace {

struct Direction {
    Worker& worker;
    net::Stream& from;
    net::Stream& to;
    net::Buffer& buffer;
};

// Until `from` ends or either side fails. True: `from` ended in good order. While it is silent, no
// memory is held for what it may say.
net::Task<bool> copy(Direction direction) {
    net::Share share;
    for (;;) {
        if (!direction.buffer.empty()) {
            const std::size_t octets = direction.buffer.size();
            iovec piece{direction.buffer.begin(), octets};
            const std::span<iovec> pieces(&piece, 1);
            const net::Io written = co_await direction.to.write_all(pieces);
            if (written != net::Io::ok) co_return false;
            direction.buffer.clear();
            if (share.spent(octets)) co_await direction.worker.next_turn();
        }
        if (!direction.buffer) direction.buffer = direction.worker.buffers.lend();
        const net::IoResult read =
            direction.from.try_read(direction.buffer.space(), direction.buffer.room());
        direction.buffer.filled(read.octets);
        if (read.outcome == net::Io::ok) continue;
        if (read.outcome != net::Io::again) co_return read.outcome == net::Io::closed;
        direction.buffer.release();
        const net::Io waited = co_await direction.from.readable();
        if (waited != net::Io::ok) co_return false;
    }
}

// One direction may outlive the other by a little (RFC 9110, 7.8 leaves it to the protocol); a peer
// that ended one and keeps the other open for long is not waited for.
void end_direction(Direction& direction, bool in_order, std::chrono::milliseconds grace) {
    if (!in_order) {
        direction.to.cancel();
        return;
    }
    direction.to.shut_write();
    direction.to.set_deadline(grace);
}

// An upstream may switch before it has read the request's body (RFC 9110, 7.8). The rest of that
// body is HTTP still, and the new protocol begins behind it. False: it will never be whole.
net::Task<bool> end_request(Exchange& exchange) {
    Client& client = exchange.client;
    client.buffer.consume(exchange.head_octets + exchange.body.in_buffer.size());
    Upload& upload = exchange.upload;
    co_await upload.join();
    if (upload.state() == Upload::State::idle) co_return true;
    client.stream.clear_deadline();
    exchange.lease->stream.clear_deadline();
    if (!upload.surplus().empty()) client.buffer.append(upload.surplus().view());
    co_return upload.state() == Upload::State::sent || upload.state() == Upload::State::kept;
}

net::Task<> copy_up(Exchange& exchange, std::chrono::milliseconds grace, net::Signal& ended) {
    Client& client = exchange.client;
    Direction up{exchange.worker, client.stream, exchange.lease->stream, client.buffer};
    bool in_order = co_await end_request(exchange);
    if (in_order) in_order = co_await copy(up);
    end_direction(up, in_order, grace);
    ended.raise();
}

}  // namespace

net::Task<> tunnel(Exchange& exchange) {
    if (exchange.worker.tunnels_ended) co_return co_await exchange.upload.stop(exchange);
    Client& client = exchange.client;
    net::Stream& upstream = exchange.lease->stream;
    client.registered.phase = Registered::Phase::tunnel;
    const std::chrono::milliseconds grace = exchange.settings->timeouts.tunnel_end();
    client.stream.clear_deadline();
    if (exchange.upload.running()) client.stream.set_deadline(grace);
    upstream.clear_deadline();
    client.stream.keep_asking();
    upstream.keep_asking();

    net::Signal up_ended;
    Direction down{exchange.worker, upstream, client.stream, exchange.answer_buffer};
    net::spawn(copy_up(exchange, grace, up_ended), [&](const std::exception_ptr&) {
        upstream.cancel();
        up_ended.raise();
    });
    const bool in_order = co_await copy(down);
    end_direction(down, in_order, grace);
    if (!up_ended.raised()) co_await up_ended;
}

}  // namespace whogoes::session
