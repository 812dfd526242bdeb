#include "proxy/session/exchange.hpp"

// After a 101 the proxy copies bytes and knows nothing of what they mean.
namespace whogoes::session {
namespace {

struct Direction {
    net::Stream& from;
    net::Stream& to;
    net::Buffer& buffer;
};

// Until `from` ends or either side fails. True: `from` ended in good order.
net::Task<bool> copy(Direction direction) {
    for (;;) {
        if (!direction.buffer.empty()) {
            iovec piece{direction.buffer.begin(), direction.buffer.size()};
            const std::span<iovec> pieces(&piece, 1);
            const net::Io written = co_await direction.to.write_all(pieces);
            if (written != net::Io::ok) co_return false;
            direction.buffer.clear();
        }
        const net::IoResult read =
            co_await direction.from.read_some(direction.buffer.space(), direction.buffer.room());
        if (read.outcome != net::Io::ok) co_return read.outcome == net::Io::closed;
        direction.buffer.filled(read.octets);
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

net::Task<> copy_up(Direction direction, std::chrono::milliseconds grace, net::Signal& ended) {
    const bool in_order = co_await copy(direction);
    end_direction(direction, in_order, grace);
    ended.raise();
}

}  // namespace

net::Task<> tunnel(Exchange& exchange) {
    Client& client = exchange.client;
    net::Stream& upstream = exchange.lease->stream;
    client.registered.phase = Registered::Phase::tunnel;
    client.stream.clear_deadline();
    upstream.clear_deadline();
    client.buffer.consume(exchange.head_octets);

    net::Signal up_ended;
    const std::chrono::milliseconds grace = exchange.settings->timeouts.header;
    const Direction up{client.stream, upstream, client.buffer};
    Direction down{upstream, client.stream, exchange.answer_buffer};
    net::spawn(copy_up(up, grace, up_ended), [&](const std::exception_ptr&) {
        upstream.cancel();
        up_ended.raise();
    });
    const bool in_order = co_await copy(down);
    end_direction(down, in_order, grace);
    if (!up_ended.raised()) co_await up_ended;
}

}  // namespace whogoes::session
