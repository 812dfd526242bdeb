#include "proxy/session/client.hpp"

namespace whogoes::session {
namespace {

constexpr std::chrono::seconds at_most{10};
constexpr std::chrono::seconds between_reads{2};
constexpr std::size_t most_octets = std::size_t{64} * 1024 * 1024;

// Nobody waits for a process that is to end longer than for a client that was just let in.
net::Clock::duration patience(const Worker& worker) {
    return worker.draining ? net::Clock::duration(at_the_door) : net::Clock::duration(at_most);
}

}  // namespace

net::Task<> linger(Client& client) {
    const Worker& worker = client.worker;
    net::Stream& stream = client.stream;
    const net::Clock::time_point begin = worker.deadlines.now();
    stream.set_deadline(worker.draining ? std::chrono::milliseconds(at_the_door)
                                        : std::chrono::milliseconds(between_reads));
    const net::Io ended = co_await stream.end_writing();
    if (ended != net::Io::ok) co_return;
    client.buffer.release();
    std::size_t dropped = 0;
    net::Share share;
    while (dropped < most_octets && worker.deadlines.now() - begin < patience(worker)) {
        if (!stream.has_decrypted()) {
            const net::Io waited = co_await stream.readable();
            if (waited != net::Io::ok) co_return;
        }
        net::Buffer scrap = client.worker.buffers.lend();
        const net::IoResult read = stream.try_read(scrap.begin(), scrap.capacity());
        if (read.outcome == net::Io::again) continue;
        if (read.outcome != net::Io::ok) co_return;
        dropped += read.octets;
        if (share.spent(read.octets)) co_await client.worker.next_turn();
        stream.set_deadline(between_reads);
    }
}

}  // namespace whogoes::session
