#include "proxy/net/stream_state.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cerrno>
#include <sys/socket.h>

namespace whogoes::net {
namespace {

// What an SSL call that did not succeed means; notes the direction it waits for.
IoResult tls_outcome(Stream::State& state, int returned, bool& wants_other, int other) noexcept {
    const int error = SSL_get_error(state.ssl.get(), returned);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
        wants_other = error == other;
        // OpenSSL has read all there was: what comes now is a new edge. A handshake that waited on
        // an old one would spin.
        if (error == SSL_ERROR_WANT_READ) state.read_pending = false;
        return {Io::again, 0};
    }
    if (error == SSL_ERROR_ZERO_RETURN) return {Io::closed, 0};
    state.tls_failed = true;
    state.last_tls_error = ERR_peek_error();
    if (error == SSL_ERROR_SYSCALL) state.last_error = errno;
    // What a check found matters where it is what ended the handshake, and not where nobody checks
    // or where the connection broke later.
    if (!SSL_is_init_finished(state.ssl.get()) &&
        (SSL_get_verify_mode(state.ssl.get()) & SSL_VERIFY_PEER) != 0)
        state.verify_result = SSL_get_verify_result(state.ssl.get());
    ERR_clear_error();
    return {Io::failed, 0};
}

}  // namespace

IoResult tls_read(Stream::State& state, char* at, std::size_t octets) noexcept {
    const int got = SSL_read(state.ssl.get(), at, static_cast<int>(octets));
    state.read_wants_write = false;
    if (got > 0) return {Io::ok, static_cast<std::size_t>(got)};
    return tls_outcome(state, got, state.read_wants_write, SSL_ERROR_WANT_WRITE);
}

IoResult tls_write(Stream::State& state, std::span<const iovec> pieces) noexcept {
    std::size_t total = 0;
    for (const iovec& piece : pieces) {
        const char* at = static_cast<const char*>(piece.iov_base);
        for (std::size_t left = piece.iov_len; left > 0;) {
            const int sent = SSL_write(state.ssl.get(), at, static_cast<int>(left));
            state.write_wants_read = false;
            if (sent <= 0) {
                IoResult result =
                    tls_outcome(state, sent, state.write_wants_read, SSL_ERROR_WANT_READ);
                if (result.outcome == Io::closed) result.outcome = Io::failed;
                result.octets = total;
                return result;
            }
            at += sent;
            left -= static_cast<std::size_t>(sent);
            total += static_cast<std::size_t>(sent);
        }
    }
    return {Io::ok, total};
}

Io tls_peek(Stream::State& state) noexcept {
    char octet = 0;
    const int got = SSL_peek(state.ssl.get(), &octet, 1);
    state.read_wants_write = false;
    if (got > 0) return Io::ok;
    return tls_outcome(state, got, state.read_wants_write, SSL_ERROR_WANT_WRITE).outcome;
}

void Stream::start_tls(ssl_st* ssl) {
    state_->ssl.reset(ssl);
    SSL_set_fd(ssl, native());
}

bool Stream::is_tls() const noexcept {
    return state_ && (state_->ssl || (state_->channel && state_->channel->is_secure()));
}
bool Stream::has_decrypted() const noexcept {
    return state_ && state_->ssl && SSL_pending(state_->ssl.get()) > 0;
}
ssl_st* Stream::tls() const noexcept { return state_ ? state_->ssl.get() : nullptr; }

bool Stream::speaks_h2() const noexcept {
    const unsigned char* protocol = nullptr;
    unsigned int octets = 0;
    if (state_ && state_->ssl) SSL_get0_alpn_selected(state_->ssl.get(), &protocol, &octets);
    return octets == 2 && protocol[0] == 'h' && protocol[1] == '2';
}

Task<bool> Stream::begins_in_plain() {
    const Io waited = co_await readable();
    char first = 0;
    if (waited != Io::ok || ::recv(native(), &first, 1, MSG_PEEK | MSG_DONTWAIT) != 1)
        co_return false;
    co_return (first >= 'A' && first <= 'Z') || (first >= 'a' && first <= 'z');
}

Task<Io> Stream::handshake() {
    for (;;) {
        State& state = *state_;
        const int done = SSL_do_handshake(state.ssl.get());
        if (done == 1) co_return Io::ok;
        bool wants_write = false;
        const IoResult result = tls_outcome(state, done, wants_write, SSL_ERROR_WANT_WRITE);
        if (result.outcome != Io::again) co_return Io::failed;
        Wait wait(state, Wait::Side::reader, wants_write);
        const Io waited = co_await wait;
        if (waited != Io::ok) co_return waited;
    }
}

Task<Io> Stream::end_writing() {
    State& state = *state_;
    if (state.channel) {
        shut_write();
        co_return Io::ok;
    }
    while (is_open() && state.ssl && !state.tls_failed && SSL_is_init_finished(state.ssl.get())) {
        const int said = SSL_shutdown(state.ssl.get());
        if (said >= 0) break;
        const IoResult result =
            tls_outcome(state, said, state.write_wants_read, SSL_ERROR_WANT_READ);
        if (result.outcome != Io::again) break;
        const Io waited = co_await writable();
        if (waited != Io::ok) co_return waited;
    }
    ERR_clear_error();
    if (is_open()) ::shutdown(native(), SHUT_WR);
    co_return Io::ok;
}

}  // namespace whogoes::net
