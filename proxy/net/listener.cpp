#include "proxy/net/listener.hpp"

#include <cerrno>
#include <chrono>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>

namespace whogoes::net {
namespace {

[[noreturn]] void cannot_listen(const Endpoint& endpoint, int socket) {
    const int error = errno;
    if (socket >= 0) ::close(socket);
    throw std::system_error(error, std::generic_category(), "cannot listen on " + endpoint.text());
}

void remove_stale_socket_file(const Endpoint& endpoint) {
    const std::string path = endpoint.host();
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return;
    const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool alive = ::connect(probe, reinterpret_cast<const sockaddr*>(&endpoint.address),
                                 endpoint.length) == 0;
    ::close(probe);
    if (!alive) ::unlink(path.c_str());
}

}  // namespace

int open_listener(const Endpoint& endpoint, bool share_port) {
    const int family = endpoint.family();
    if (family == AF_UNIX) remove_stale_socket_file(endpoint);
    const int socket = ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (socket < 0) cannot_listen(endpoint, socket);
    constexpr int on = 1;
    if (family != AF_UNIX) {
        ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        if (share_port) ::setsockopt(socket, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    }
    if (::bind(socket, reinterpret_cast<const sockaddr*>(&endpoint.address), endpoint.length) !=
            0 ||
        ::listen(socket, 4096) != 0)
        cannot_listen(endpoint, socket);
    return socket;
}

Endpoint bound_endpoint(int socket) {
    Endpoint endpoint;
    endpoint.length = sizeof endpoint.address;
    ::getsockname(socket, reinterpret_cast<sockaddr*>(&endpoint.address), &endpoint.length);
    return endpoint;
}

struct Listener::Impl : std::enable_shared_from_this<Impl> {
    Impl(IoContext& io, int socket, OnAccept accepted, std::function<void()> told_paused)
        : descriptor(io.get_executor(), socket),
          retry(io),
          on_accept(std::move(accepted)),
          on_pause(std::move(told_paused)) {}

    void wait() {
        if (waiting || paused || !descriptor.is_open()) return;
        waiting = true;
        descriptor.async_wait(boost::asio::posix::descriptor_base::wait_read,
                              [self = shared_from_this()](const boost::system::error_code& error) {
                                  self->waiting = false;
                                  if (!error) self->accept_some(64);
                                  if (!error) self->wait();
                              });
    }

    // A bound, so that a flood of new connections does not starve those that are being served.
    void accept_some(int most) {
        for (int i = 0; i < most && descriptor.is_open() && !paused; ++i) {
            Endpoint peer;
            peer.length = sizeof peer.address;
            const int socket =
                ::accept4(descriptor.native_handle(), reinterpret_cast<sockaddr*>(&peer.address),
                          &peer.length, SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (socket >= 0) {
                if (peer.family() != AF_UNIX) {
                    constexpr int on = 1;
                    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                }
                on_accept(socket, peer);
            } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
                wait_for_descriptors();
                return;
            } else if (errno != EINTR && errno != ECONNABORTED) {
                return;
            }
        }
    }

    // The kernel would report the same connection again at once: stop asking for a while.
    void wait_for_descriptors() {
        paused = true;
        on_pause();
        retry.expires_after(std::chrono::milliseconds(100));
        retry.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
            if (error) return;
            self->paused = false;
            self->wait();
        });
    }

    boost::asio::posix::basic_stream_descriptor<IoContext::executor_type> descriptor;
    boost::asio::steady_timer retry;
    OnAccept on_accept;
    std::function<void()> on_pause;
    bool waiting = false;
    bool paused = false;
};

Listener::Listener(IoContext& io, int socket, OnAccept on_accept, std::function<void()> paused)
    : impl_(std::make_shared<Impl>(io, socket, std::move(on_accept), std::move(paused))) {
    impl_->wait();
}

Listener::~Listener() {
    boost::system::error_code ignored;
    impl_->retry.cancel();
    impl_->descriptor.close(ignored);
}

void Listener::pause() { impl_->paused = true; }

void Listener::resume() {
    if (!impl_->paused) return;
    impl_->paused = false;
    impl_->wait();
}

void Listener::close() {
    impl_->paused = false;
    impl_->accept_some(4096);
    impl_->retry.cancel();
    boost::system::error_code ignored;
    impl_->descriptor.close(ignored);
}

int Listener::native() const { return impl_->descriptor.native_handle(); }

}  // namespace whogoes::net
