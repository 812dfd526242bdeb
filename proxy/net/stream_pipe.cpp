#include "proxy/net/stream_state.hpp"

#include <algorithm>
#include <cerrno>

namespace whogoes::net {
namespace {

// More would lie with the kernel for as long as the other side takes none of it.
constexpr std::size_t most_in_a_pipe = Share::most_octets;

bool is_again(int error) noexcept {
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

}  // namespace

bool Stream::has_pipes() const noexcept { return native() >= 0 && !state_->ssl; }

// Into an empty pipe: "again" then speaks of the socket.
IoResult Stream::State::try_read(Pipe& into, std::size_t at_most) noexcept {
    const std::ptrdiff_t moved = into.take_from(descriptor, std::min(at_most, most_in_a_pipe));
    if (moved > 0) return {Io::ok, static_cast<std::size_t>(moved)};
    if (moved == 0) return {last_error == ECONNRESET ? Io::failed : Io::closed, 0};
    if (is_again(errno)) {
        read_pending = false;
        return {Io::again, 0};
    }
    note_failure(errno);
    return {Io::failed, 0};
}

IoResult Stream::State::try_write(Pipe& from) noexcept {
    const std::ptrdiff_t moved = from.give_to(descriptor);
    if (moved > 0) return {Io::ok, static_cast<std::size_t>(moved)};
    if (is_again(errno)) return {Io::again, 0};
    note_failure(errno);
    return {Io::failed, 0};
}

Task<IoResult> Stream::read_some(PipePool& pipes, Pipe& pipe, std::size_t at_most) {
    for (;;) {
        if (!is_open()) co_return IoResult{Io::cancelled, 0};
        if (!pipe) pipe = pipes.lend();
        if (!pipe) co_return IoResult{Io::again, 0};
        IoResult result = state_->try_read(pipe, at_most);
        // splice(2) stops before an octet that was sent as urgent, which recv(2) passes over.
        const bool is_there = result.outcome == Io::again && peek() == Io::ok;
        if (is_there) result = state_->try_read(pipe, at_most);
        if (result.outcome == Io::failed && pipes.refused()) {
            pipe.release();
            co_return IoResult{Io::again, 0};
        }
        if (result.outcome != Io::again) co_return result;
        pipe.release();
        if (is_there) {
            state_->read_pending = true;
            co_return IoResult{Io::again, 0};
        }
        const Io waited = co_await readable();
        if (waited != Io::ok) co_return IoResult{waited, 0};
    }
}

void Stream::hear_octets(bool again) noexcept {
    if (is_open()) state_->reactor.hear_octets(*state_, again);
}

Task<Io> Stream::write_all(Pipe& pipe, Stream& source) {
    while (!pipe.empty()) {
        if (!is_open()) co_return Io::cancelled;
        const IoResult result = state_->try_write(pipe);
        if (result.outcome == Io::ok) continue;
        if (result.outcome != Io::again) co_return result.outcome;
        source.hear_octets(false);
        const Io waited = co_await writable();
        source.hear_octets(true);
        if (waited != Io::ok) co_return waited;
    }
    co_return Io::ok;
}

}  // namespace whogoes::net
