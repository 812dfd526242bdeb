#include "proxy/net/sockets.hpp"

#include "proxy/net/listener.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <unistd.h>

namespace whogoes::net {
namespace {

struct Door {
    int listener = open_listener(literal_endpoints("127.0.0.1", 0).front(), false);
    Endpoint address = bound_endpoint(listener);
    int client = open_socket(AF_INET, SOCK_STREAM);

    Door() = default;
    Door(const Door&) = delete;
    Door& operator=(const Door&) = delete;
    ~Door() {
        ::close(client);
        ::close(listener);
    }
    void knock() const {
        ::connect(client, reinterpret_cast<const sockaddr*>(&address.address), address.length);
    }
    static bool is_ready(int socket, short what) {
        pollfd one{socket, what, 0};
        return ::poll(&one, 1, 10'000) == 1;
    }
};

bool waits_for_nothing(int socket) { return (::fcntl(socket, F_GETFL) & O_NONBLOCK) != 0; }
bool no_child_has(int socket) { return (::fcntl(socket, F_GETFD) & FD_CLOEXEC) != 0; }

TEST_CASE("a socket that is opened or accepted never blocks, and no child has it") {
    const Door door;
    CHECK(waits_for_nothing(door.client));
    CHECK(no_child_has(door.client));
    Endpoint peer;
    CHECK(accept_connection(door.listener, peer) < 0);
    CHECK(errno == EAGAIN);
    door.knock();
    REQUIRE(Door::is_ready(door.listener, POLLIN));
    const int accepted = accept_connection(door.listener, peer);
    REQUIRE(accepted >= 0);
    CHECK(peer.text() == bound_endpoint(door.client).text());
    CHECK(waits_for_nothing(accepted));
    CHECK(no_child_has(accepted));
    ::close(accepted);
}

TEST_CASE("what the other side's kernel has taken is not counted as on its way") {
    const Door door;
    CHECK(unacknowledged(-1) == 0);
    door.knock();
    REQUIRE(Door::is_ready(door.listener, POLLIN));
    Endpoint peer;
    const int accepted = accept_connection(door.listener, peer);
    // Nobody reads, so that the other side takes a window of it and the rest stays here.
    const char block[64 * 1024] = {};
    while (::send(accepted, block, sizeof block, MSG_NOSIGNAL) > 0) {
    }
    CHECK(unacknowledged(accepted) > 0);
    ::close(accepted);
}

TEST_CASE("a connection is asked after where that is wished") {
    const Door door;
    ask_while_quiet(door.client, {.quiet_for_s = 61, .between_s = 16, .times = 3});
    int on = 0, times = 0;
    socklen_t size = sizeof on;
    ::getsockopt(door.client, SOL_SOCKET, SO_KEEPALIVE, &on, &size);
    ::getsockopt(door.client, IPPROTO_TCP, TCP_KEEPCNT, &times, &size);
    CHECK(on == 1);
    CHECK(times == 3);
}

TEST_CASE("a door that lets nobody new in still has those who came before") {
    const Door door;
    door.knock();
    REQUIRE(Door::is_ready(door.listener, POLLIN));
    drop_first_packets(door.listener);
    const int late = open_socket(AF_INET, SOCK_STREAM);
    CHECK(::connect(late, reinterpret_cast<const sockaddr*>(&door.address.address),
                    door.address.length) == -1);
    CHECK(errno == EINPROGRESS);
    pollfd one{late, POLLOUT, 0};
    CHECK(::poll(&one, 1, 0) == 0);  // nobody answers
    Endpoint peer;
    const int accepted = accept_connection(door.listener, peer);
    CHECK(accepted >= 0);
    CHECK(accept_connection(door.listener, peer) < 0);
    ::close(accepted);
    ::close(late);
}

}  // namespace
}  // namespace whogoes::net
