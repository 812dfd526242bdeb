#include "proxy/net/stream_state.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <string_view>
#include <sys/socket.h>

namespace whogoes::net {
namespace {

// What an SSL call that did not succeed means; notes the direction it waits for.
IoResult tls_outcome(Stream::State& state, int returned, bool& wants_other, int other) noexcept {
    const int error = SSL_get_error(state.ssl.get(), returned);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
        wants_other = error == other;
        // OpenSSL has read all there was: what comes now is a new edge. A handshake that waited on
        // an old one would spin, and so would a reader on a record of which only a part came.
        if (error == SSL_ERROR_WANT_READ) state.read_pending = state.tls_unread = false;
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

// OpenSSL reads ahead: more than one record may have come with one read.
void note_unread(Stream::State& state) noexcept {
    state.tls_unread = SSL_has_pending(state.ssl.get()) == 1;
}

constexpr std::size_t record_octets = SSL3_RT_MAX_PLAIN_LENGTH;

// What the next record holds, behind the first `done` octets of all pieces: where it lies, or, of
// several pieces, together in `room`. The same pieces give the same again, as OpenSSL wants it
// where a write has to be repeated.
std::string_view next_record(std::span<const iovec> pieces, std::size_t done, char* room) noexcept {
    std::size_t gathered = 0;
    for (const iovec& piece : pieces) {
        const std::size_t before = std::min(done, piece.iov_len);
        done -= before;
        const std::string_view rest(static_cast<const char*>(piece.iov_base) + before,
                                    piece.iov_len - before);
        if (gathered == 0 && (rest.size() >= record_octets || &piece == &pieces.back()))
            return rest.substr(0, record_octets);
        const std::size_t part = std::min(rest.size(), record_octets - gathered);
        if (part > 0) std::memcpy(room + gathered, rest.data(), part);
        gathered += part;
        if (gathered == record_octets) break;
    }
    return {room, gathered};
}

}  // namespace

IoResult tls_read(Stream::State& state, char* at, std::size_t octets) noexcept {
    const int got = SSL_read(state.ssl.get(), at, static_cast<int>(octets));
    state.read_wants_write = false;
    if (got <= 0) return tls_outcome(state, got, state.read_wants_write, SSL_ERROR_WANT_WRITE);
    note_unread(state);
    return {Io::ok, static_cast<std::size_t>(got)};
}

IoResult tls_write(Stream::State& state, std::span<const iovec> pieces) noexcept {
    char room[record_octets];
    std::size_t total = 0;
    for (;;) {
        const std::string_view record = next_record(pieces, total, room);
        if (record.empty()) return {Io::ok, total};
        const int sent = SSL_write(state.ssl.get(), record.data(), static_cast<int>(record.size()));
        state.write_wants_read = false;
        if (sent <= 0) {
            IoResult result = tls_outcome(state, sent, state.write_wants_read, SSL_ERROR_WANT_READ);
            if (result.outcome == Io::closed) result.outcome = Io::failed;
            result.octets = total;
            return result;
        }
        total += static_cast<std::size_t>(sent);
    }
}

Io tls_peek(Stream::State& state) noexcept {
    char octet = 0;
    const int got = SSL_peek(state.ssl.get(), &octet, 1);
    state.read_wants_write = false;
    if (got <= 0)
        return tls_outcome(state, got, state.read_wants_write, SSL_ERROR_WANT_WRITE).outcome;
    note_unread(state);
    return Io::ok;
}

void Stream::start_tls(ssl_st* ssl) {
    state_->ssl.reset(ssl);
    bio_st* const bio = way_to_socket(*state_);
    if (bio == nullptr) throw std::bad_alloc();
    SSL_set_bio(ssl, bio, bio);
    SSL_set_read_ahead(ssl, 1);  // else two reads a record: its head, then its rest
}

bool Stream::is_tls() const noexcept {
    return state_ && (state_->ssl || (state_->channel && state_->channel->is_secure()));
}
bool Stream::has_decrypted() const noexcept { return state_ && state_->tls_unread; }
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
        if (done == 1) {
            note_unread(state);  // the first request may have come with the handshake's end
            co_return Io::ok;
        }
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
