#include "proxy/net/sockets.hpp"
#include "proxy/net/stream_state.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace whogoes::net {
namespace {

IoResult failed_or_again(int error) noexcept {
    if (error == EAGAIN || error == EWOULDBLOCK || error == EINTR) return {Io::again, 0};
    return {Io::failed, 0};
}

}  // namespace

void intrusive_ptr_add_ref(Stream::State* state) noexcept {
    intrusive_ptr_add_ref(static_cast<Ready*>(state));
}
void intrusive_ptr_release(Stream::State* state) noexcept {
    intrusive_ptr_release(static_cast<Ready*>(state));
}

bool Stream::Wait::await_ready() const noexcept {
    if (state_.ended != Io::ok || !state_.is_open()) return true;
    return !for_room_ && state_.has_news();
}

void Stream::Wait::await_suspend(std::coroutine_handle<> waiter) const {
    (side_ == Side::reader ? state_.reader : state_.writer) = {waiter, for_room_};
    state_.tell_when(for_room_ ? Readiness::writable : Readiness::readable);
}

Io Stream::Wait::await_resume() const noexcept {
    if (std::exchange(state_.interrupting, false) || !state_.is_open()) return Io::cancelled;
    return state_.ended;
}

Stream::Stream(Reactor& reactor, Deadlines& deadlines, int socket)
    : state_(new State(reactor, deadlines, socket)) {}

Stream::Stream(Reactor& reactor, Deadlines& deadlines, std::unique_ptr<Channel> channel)
    : state_(new State(reactor, deadlines, std::move(channel))) {
    state_->channel->state_ = state_.get();
}

void Channel::tell(Readiness readiness) {
    const boost::intrusive_ptr<Stream::State> state = state_;
    if (state) state->ready(readiness);
}

Stream& Stream::operator=(Stream&& other) noexcept {
    if (this != &other) {
        close();
        state_ = std::move(other.state_);
    }
    return *this;
}

Stream::~Stream() { close(); }

bool Stream::is_open() const noexcept { return state_ && state_->is_open(); }

int Stream::native() const noexcept { return state_ ? state_->descriptor : -1; }

void Stream::close() noexcept {
    if (!is_open()) return;
    if (state_->channel) state_->channel->close();
    if (state_->ssl && !state_->tls_failed && SSL_is_init_finished(state_->ssl.get()))
        SSL_shutdown(state_->ssl.get());
    ERR_clear_error();
    const boost::intrusive_ptr<State> state = state_;
    state->close_descriptor();
}

void Stream::reset() noexcept {
    if (!is_open()) return;
    if (state_->channel) {
        state_->channel->reset();
        return state_->close_descriptor();
    }
    const linger at_once{1, 0};
    ::setsockopt(native(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    state_->tls_failed = true;
    close();
}

void Stream::shut_write() noexcept {
    if (!is_open()) return;
    if (state_->channel) return state_->channel->shut_write();
    if (state_->ssl && !state_->tls_failed) SSL_shutdown(state_->ssl.get());
    ERR_clear_error();
    ::shutdown(native(), SHUT_WR);
}

void Stream::set_deadline(std::chrono::milliseconds from_now) {
    if (state_) state_->set_deadline(from_now);
}

void Stream::clear_deadline() noexcept {
    if (!state_) return;
    state_->unlink();
    if (state_->ended == Io::timed_out) state_->ended = Io::ok;
}

Io Stream::State::look() noexcept {
    if (channel) return channel->peek();
    if (ssl) return tls_peek(*this);
    if (last_error != 0) return Io::failed;  // the kernel tells of a reset once, then of an end
    char octet = 0;
    const ssize_t got = ::recv(descriptor, &octet, 1, MSG_PEEK | MSG_DONTWAIT);
    if (got > 0) return Io::ok;
    if (got == 0) return Io::closed;
    const Io outcome = failed_or_again(errno).outcome;
    if (outcome == Io::failed) last_error = errno;
    return outcome;
}

IoResult Stream::try_read(char* at, std::size_t octets) noexcept {
    if (!is_open()) return {Io::cancelled, 0};
    State& state = *state_;
    if (state.channel) {
        const IoResult result = state.channel->try_read(at, octets);
        if (result.outcome == Io::again) state.read_pending = false;
        return result;
    }
    if (state.ssl) return tls_read(state, at, octets);
    const ssize_t got = ::recv(native(), at, octets, 0);
    if (got > 0) {
        if (static_cast<std::size_t>(got) < octets) state.note_short_read();
        return {Io::ok, static_cast<std::size_t>(got)};
    }
    // The kernel tells of a reset once, and that may have been the writer's turn. An end in good
    // order before the reset is another error there (EPIPE), and stays an end.
    if (got == 0) return {state.last_error == ECONNRESET ? Io::failed : Io::closed, 0};
    const IoResult result = failed_or_again(errno);
    if (result.outcome == Io::again)
        state.read_pending = false;
    else
        state.note_failure(errno);
    return result;
}

namespace {

// A small message is one plain send: its pieces are copied together.
constexpr std::size_t most_gathered = 4096;

std::size_t gather(std::span<const iovec> pieces, char* into) noexcept {
    std::size_t octets = 0;
    for (const iovec& piece : pieces) octets += piece.iov_len;
    if (octets > most_gathered) return 0;
    for (const iovec& piece : pieces) {
        if (piece.iov_len == 0) continue;
        std::memcpy(into, piece.iov_base, piece.iov_len);
        into += piece.iov_len;
    }
    return octets;
}

}  // namespace

IoResult Stream::try_write(std::span<const iovec> pieces) noexcept {
    if (!is_open()) return {Io::cancelled, 0};
    State& state = *state_;
    if (state.channel) return state.channel->try_write(pieces);
    if (state.ssl) return tls_write(state, pieces);
    char together[most_gathered];
    iovec one{together, pieces.size() > 1 ? gather(pieces, together) : 0};
    if (one.iov_len > 0) pieces = {&one, 1};
    ssize_t sent = 0;
    if (pieces.size() == 1) {
        sent = ::send(native(), pieces[0].iov_base, pieces[0].iov_len, MSG_NOSIGNAL);
    } else {
        msghdr message{};
        message.msg_iov = const_cast<iovec*>(pieces.data());  // sendmsg does not write to it
        message.msg_iovlen = pieces.size();
        sent = ::sendmsg(native(), &message, MSG_NOSIGNAL);
    }
    if (sent >= 0) return {Io::ok, static_cast<std::size_t>(sent)};
    const IoResult result = failed_or_again(errno);
    if (result.outcome != Io::again) state.note_failure(errno);
    return result;
}

Stream::Wait Stream::readable() noexcept {
    return Wait(*state_, Wait::Side::reader, state_->read_wants_write);
}
Stream::Wait Stream::writable() noexcept {
    return Wait(*state_, Wait::Side::writer, !state_->write_wants_read);
}

Task<IoResult> Stream::read_some(char* at, std::size_t octets) {
    for (;;) {
        const IoResult result = try_read(at, octets);
        if (result.outcome != Io::again) co_return result;
        const Io waited = co_await readable();
        if (waited != Io::ok) co_return IoResult{waited, 0};
    }
}

Task<Io> Stream::write_all(std::span<iovec> pieces) {
    for (;;) {
        while (!pieces.empty() && pieces.front().iov_len == 0) pieces = pieces.subspan(1);
        if (pieces.empty()) co_return Io::ok;
        const IoResult result = try_write(pieces);
        std::size_t sent = result.octets;
        for (iovec& piece : pieces) {
            const std::size_t part = sent < piece.iov_len ? sent : piece.iov_len;
            piece.iov_base = static_cast<char*>(piece.iov_base) + part;
            piece.iov_len -= part;
            sent -= part;
            if (sent == 0) break;
        }
        if (result.outcome == Io::ok) continue;
        if (result.outcome != Io::again) co_return result.outcome;
        const Io waited = co_await writable();
        if (waited != Io::ok) co_return waited;
    }
}

void Stream::watch(Watcher watcher, void* context) {
    State& state = *state_;
    state.watcher_context = context;
    state.watcher = watcher;
    const boost::intrusive_ptr<State> self = state_;
    if (state.has_news()) state.tell_watcher();
    state.go_on_watching();
}

void Stream::unwatch() noexcept {
    if (state_) state_->watcher = nullptr;
}

void Stream::keep_asking() noexcept {
    constexpr KeepAlive for_two_minutes{.quiet_for_s = 60, .between_s = 15, .times = 4};
    if (native() >= 0) ask_while_quiet(native(), for_two_minutes);
}

Io Stream::peek() noexcept { return is_open() ? state_->look() : Io::closed; }

bool Stream::has_unread() const noexcept {
    if (state_ && state_->channel) return is_open() && state_->channel->peek() == Io::ok;
    char octet = 0;
    return has_decrypted() ||
           (is_open() && ::recv(native(), &octet, 1, MSG_PEEK | MSG_DONTWAIT) > 0);
}

bool Stream::has_unsent() const noexcept { return native() >= 0 && unacknowledged(native()) > 0; }

void Stream::cancel() {
    if (state_) state_->end_waits(Io::cancelled);
}

void Stream::interrupt() {
    if (!state_) return;
    const boost::intrusive_ptr<State> state = state_;
    // Who waited goes on at once, and may wait again: only the wait itself must see it.
    for (State::Waiter* waiter : {&state->reader, &state->writer}) {
        if (!*waiter) continue;
        state->interrupting = true;
        waiter->resume();
    }
}

bool Stream::distrusts() const noexcept { return state_ && state_->verify_result != X509_V_OK; }

std::string Stream::failure() const {
    if (!state_) return "not connected";
    if (state_->channel && state_->ended != Io::timed_out) return state_->channel->failure();
    if (state_->verify_result != X509_V_OK)
        return X509_verify_cert_error_string(state_->verify_result);
    if (state_->last_tls_error != 0) {
        const char* reason = ERR_reason_error_string(state_->last_tls_error);
        return reason != nullptr ? reason : "TLS error";
    }
    if (state_->ended == Io::timed_out) return "timed out";
    return state_->last_error != 0 ? std::strerror(state_->last_error) : "connection closed";
}

}  // namespace whogoes::net
