#include "proxy/net/listener.hpp"

#include "proxy/net/sockets.hpp"

#include <cerrno>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>

namespace whogoes::net {
namespace {

constexpr int most_at_the_door = 4096;

[[noreturn]] void cannot_listen(const Endpoint& endpoint, int socket) {
    const int error = errno;
    if (socket >= 0) ::close(socket);
    throw std::system_error(error, std::generic_category(), "cannot listen on " + endpoint.text());
}

void remove_stale_socket_file(const Endpoint& endpoint) {
    const std::string path = endpoint.host();
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return;
    const int probe = open_socket(AF_UNIX, SOCK_STREAM);
    if (probe < 0) return;
    // Any other failure is that of somebody who is there: a queue at the door, another kind of
    // socket, one that this user may not call.
    const bool stale = ::connect(probe, reinterpret_cast<const sockaddr*>(&endpoint.address),
                                 endpoint.length) != 0 &&
                       errno == ECONNREFUSED;
    ::close(probe);
    if (stale) ::unlink(path.c_str());
}

}  // namespace

int open_listener(const Endpoint& endpoint, bool share_port) {
    const int family = endpoint.family();
    if (family == AF_UNIX) remove_stale_socket_file(endpoint);
    const int socket = open_socket(family, SOCK_STREAM);
    if (socket < 0) cannot_listen(endpoint, socket);
    constexpr int on = 1;
    if (family != AF_UNIX) {
        ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        if (share_port) ::setsockopt(socket, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    }
    if (::bind(socket, reinterpret_cast<const sockaddr*>(&endpoint.address), endpoint.length) !=
            0 ||
        ::listen(socket, most_at_the_door) != 0)
        cannot_listen(endpoint, socket);
    return socket;
}

int same_socket(int socket) {
    const int other = ::fcntl(socket, F_DUPFD_CLOEXEC, 3);
    if (other < 0)
        throw std::system_error(errno, std::generic_category(),
                                "cannot share " + bound_endpoint(socket).text() + " among workers");
    return other;
}

Endpoint bound_endpoint(int socket) {
    Endpoint endpoint;
    endpoint.length = sizeof endpoint.address;
    ::getsockname(socket, reinterpret_cast<sockaddr*>(&endpoint.address), &endpoint.length);
    return endpoint;
}

struct Listener::Impl final : Ready {
    enum class Waits : std::uint8_t { for_clients, for_a_place, for_descriptors, for_its_turn };
    // A crowd at the door must not keep those that are in from being served.
    static constexpr int most_a_turn = 64;

    Impl(Reactor& reactor_of_worker, int socket, Doorkeeper& doorkeeper)
        : reactor(reactor_of_worker), descriptor(socket), keeper(doorkeeper) {}

    void ready(Readiness) override {
        if (waits == Waits::for_clients) accept_some();
    }

    // New connections may be told of once: whoever stops early comes back by itself.
    void accept_some() {
        waits = Waits::for_its_turn;
        for (int i = 0; i < most_a_turn; ++i)
            if (!accept_one()) return;
        reactor.post([self = boost::intrusive_ptr<Impl>(this)] {
            if (self->waits == Waits::for_its_turn) self->accept_some();
        });
    }

    // False: `waits` says for what.
    bool accept_one() {
        if (descriptor < 0) return false;
        if (!keeper.may_enter()) {
            waits = Waits::for_a_place;
            return false;
        }
        Endpoint peer;
        const int socket = accept_connection(descriptor, peer);
        if (socket < 0) return nobody(errno);
        if (peer.family() != AF_UNIX) {
            constexpr int on = 1;
            ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        }
        keeper.entered(socket, peer);
        return true;
    }

    bool nobody(int error) {
        keeper.nobody_came();
        if (error == EINTR || error == ECONNABORTED) return true;
        if (error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM) {
            waits = Waits::for_descriptors;
            keeper.out_of_descriptors();
        } else {
            waits = Waits::for_clients;
            if (flaw == 0) reactor.tell_when(*this, Readiness::readable);
        }
        return false;
    }

    void listen() {
        flaw = reactor.add(descriptor, *this) ? 0 : errno;
        if (flaw == 0) reactor.tell_when(*this, Readiness::readable);
    }

    void close() {
        if (descriptor < 0) return;
        if (flaw == 0) reactor.forget_copy(descriptor, *this);
        ::close(descriptor);
        descriptor = -1;
    }

    Reactor& reactor;
    int descriptor;
    Doorkeeper& keeper;
    Waits waits = Waits::for_clients;
    int flaw = 0;  // why the reactor does not watch it
};

Listener::Listener(Reactor& reactor, int socket, Doorkeeper& doorkeeper)
    : impl_(new Impl(reactor, socket, doorkeeper)) {
    impl_->listen();
}

Listener::~Listener() { impl_->close(); }

void Listener::resume() {
    if (impl_->waits == Impl::Waits::for_a_place) impl_->accept_some();
}

int Listener::flaw() const noexcept { return impl_->flaw; }

void Listener::tick() {
    if (impl_->flaw != 0) impl_->listen();
    if (impl_->waits == Impl::Waits::for_descriptors) impl_->accept_some();
}

void Listener::turn_newcomers_away() { drop_first_packets(impl_->descriptor); }

bool Listener::close() {
    const boost::intrusive_ptr<Impl> impl = impl_;
    // Nobody is turned away from a unix path: who comes behind so many was not at the door yet.
    int entered = 0;
    while (entered <= most_at_the_door && impl->accept_one()) ++entered;
    if (entered <= most_at_the_door && impl->waits != Impl::Waits::for_clients) return false;
    impl->close();
    return true;
}

int Listener::native() const { return impl_->descriptor; }

}  // namespace whogoes::net
