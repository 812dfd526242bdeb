#include "tests/support/rig_wire.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace whogoes::support {
namespace {

std::string tls_reason() {
    const unsigned long error = ERR_get_error();
    ERR_clear_error();
    const char* reason = error != 0 ? ERR_reason_error_string(error) : nullptr;
    return reason != nullptr ? reason : "connection lost";
}

}  // namespace

void Wire::FreeSsl::operator()(ssl_st* ssl) const noexcept { SSL_free(ssl); }

Wire::Wire(int socket) : socket_(socket) {
    ::fcntl(socket_, F_SETFL, ::fcntl(socket_, F_GETFL) | O_NONBLOCK);
    constexpr int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

Wire Wire::to(const net::Endpoint& endpoint) { return between({}, endpoint); }

Wire Wire::between(const net::Endpoint& from, const net::Endpoint& endpoint) {
    const int socket = ::socket(endpoint.family(), SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (from.length > 0 &&
        ::bind(socket, reinterpret_cast<const sockaddr*>(&from.address), from.length) != 0) {
        const int error = errno;
        ::close(socket);
        throw WireError("cannot bind to " + from.text() + ": " + std::strerror(error));
    }
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&endpoint.address), endpoint.length) !=
        0) {
        const int error = errno;
        ::close(socket);
        throw WireError("cannot connect to " + endpoint.text() + ": " + std::strerror(error));
    }
    return Wire(socket);
}

Wire::Wire(Wire&& other) noexcept { *this = std::move(other); }

Wire& Wire::operator=(Wire&& other) noexcept {
    std::swap(socket_, other.socket_);
    std::swap(tls_, other.tls_);
    std::swap(unread_, other.unread_);
    std::swap(end_, other.end_);
    return *this;
}

Wire::~Wire() { close(); }

bool Wire::wait(short events, std::chrono::milliseconds at_most) {
    pollfd ready{socket_, events, 0};
    const auto end = std::chrono::steady_clock::now() + at_most;
    for (;;) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            end - std::chrono::steady_clock::now());
        const int found = ::poll(&ready, 1, static_cast<int>(std::max<long>(0, left.count())));
        if (found > 0) return true;
        if (found == 0) return false;
        if (errno != EINTR) throw WireError(std::string("poll: ") + std::strerror(errno));
    }
}

void Wire::secure_as_client(ssl_ctx_st* context, ssl_session_st* resume) {
    tls_.reset(SSL_new(context));
    SSL_set_connect_state(tls_.get());
    if (resume != nullptr) SSL_set_session(tls_.get(), resume);
    shake_hands();
}

void Wire::secure_as_server(ssl_ctx_st* context) {
    tls_.reset(SSL_new(context));
    SSL_set_accept_state(tls_.get());
    shake_hands();
}

void Wire::shake_hands() {
    ssl_st* const ssl = tls_.get();
    SSL_set_fd(ssl, socket_);
    for (;;) {
        const int done = SSL_do_handshake(ssl);
        if (done == 1) return;
        const int error = SSL_get_error(ssl, done);
        if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
            if (!wait(error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT))
                throw WireError("the TLS handshake stands still");
            continue;
        }
        end_ = End::reset;
        throw WireError("TLS handshake: " + tls_reason());
    }
}

bool Wire::try_send(std::string_view bytes) {
    while (!bytes.empty()) {
        ssize_t sent = 0;
        short wanted = POLLOUT;
        if (tls_) {
            ERR_clear_error();
            sent = SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()));
            if (sent <= 0) {
                const int error = SSL_get_error(tls_.get(), static_cast<int>(sent));
                if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) return false;
                if (error == SSL_ERROR_WANT_READ) wanted = POLLIN;
                sent = 0;
            }
        } else {
            sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent < 0 && errno != EAGAIN && errno != EINTR) return false;
            sent = sent < 0 ? 0 : sent;
        }
        bytes.remove_prefix(static_cast<std::size_t>(sent));
        if (sent == 0 && !wait(wanted)) throw WireError("the other side takes no more octets");
    }
    return true;
}

void Wire::send(std::string_view bytes) {
    if (!try_send(bytes)) throw WireError("the other side is gone: cannot send");
}

std::size_t Wire::send_until_full(char letter) {
    const std::string block(64 * 1024, letter);
    std::size_t total = 0;
    // Loopback delivers at once: where nothing moves for this long, nobody reads.
    constexpr std::chrono::milliseconds standstill{300};
    for (;;) {
        const ssize_t sent = ::send(socket_, block.data(), block.size(), MSG_NOSIGNAL);
        if (sent > 0)
            total += static_cast<std::size_t>(sent);
        else if (errno != EAGAIN || !wait(POLLOUT, standstill))
            return total;
    }
}

// False: nothing more will come.
bool Wire::receive() {
    char block[16 * 1024];
    while (end_ == End::open) {
        short wanted = POLLIN;
        if (tls_) {
            ERR_clear_error();
            const int got = SSL_read(tls_.get(), block, sizeof block);
            if (got > 0) {
                unread_.append(block, static_cast<std::size_t>(got));
                return true;
            }
            const int error = SSL_get_error(tls_.get(), got);
            if (error == SSL_ERROR_ZERO_RETURN)
                end_ = End::closed;
            else if (error == SSL_ERROR_WANT_WRITE)
                wanted = POLLOUT;
            else if (error != SSL_ERROR_WANT_READ)
                end_ = End::reset;
        } else {
            const ssize_t got = ::recv(socket_, block, sizeof block, 0);
            if (got > 0) {
                unread_.append(block, static_cast<std::size_t>(got));
                return true;
            }
            if (got == 0)
                end_ = End::closed;
            else if (errno != EAGAIN && errno != EINTR)
                end_ = End::reset;
        }
        if (end_ == End::open && !wait(wanted))
            throw WireError("nothing came; so far there was: " + unread_);
    }
    return false;
}

bool Wire::has_more() { return !unread_.empty() || receive(); }

std::string Wire::read_some() {
    has_more();
    return std::exchange(unread_, {});
}

std::string Wire::read_exactly(std::size_t octets) {
    while (unread_.size() < octets)
        if (!receive()) throw WireError("the end came after: " + unread_);
    const std::string bytes = unread_.substr(0, octets);
    unread_.erase(0, octets);
    return bytes;
}

std::string Wire::read_through(std::string_view mark) {
    std::size_t at = 0;
    while ((at = unread_.find(mark)) == std::string::npos)
        if (!receive()) throw WireError("the end came after: " + unread_);
    return read_exactly(at + mark.size());
}

std::string Wire::read_to_end() {
    while (receive()) {
    }
    return std::exchange(unread_, {});
}

void Wire::half_close() {
    if (tls_) SSL_shutdown(tls_.get());
    ::shutdown(socket_, SHUT_WR);
}

void Wire::close() {
    if (socket_ < 0) return;
    if (tls_ && end_ != End::reset && SSL_is_init_finished(tls_.get())) SSL_shutdown(tls_.get());
    ERR_clear_error();
    ::close(std::atomic_ref(socket_).exchange(-1));
}

void Wire::reset() {
    const linger at_once{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    tls_.reset();
    close();
}

// Another thread may be closing it.
void Wire::interrupt() { ::shutdown(std::atomic_ref(socket_).load(), SHUT_RDWR); }

void Gate::open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    opened_.notify_all();
}

void Gate::wait() {
    std::unique_lock lock(mutex_);
    if (!opened_.wait_for(lock, patience, [this] { return open_; }))
        throw WireError("nobody opened the gate");
}

bool eventually(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        ::poll(nullptr, 0, 1);  // leaves the processor to who makes it true
    }
    return true;
}

}  // namespace whogoes::support
