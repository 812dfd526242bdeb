#pragma once

#include "proxy/net/address.hpp"

// What a socket is asked for that POSIX knows no call for, or none that does it in one step: plain
// functions on descriptors, Linux's in sockets_linux.cpp. Each says what a system without it does.
// Reading and writing are Stream's.
namespace whogoes::net {

// Non-blocking, and no child has it. Negative: errno. Elsewhere: socket(2), then fcntl(2) for both.
int open_socket(int family, int type) noexcept;

// Takes one connection from a listening socket; as above. Elsewhere: accept(2), then fcntl(2).
int accept_connection(int listener, Endpoint& peer) noexcept;

// Octets that were sent and that the other side's kernel has not acknowledged. Elsewhere: SO_NWRITE
// (macOS), FIONWRITE (BSD), or 0, and who drains then waits for no last acknowledgement.
int unacknowledged(int socket) noexcept;

// From now on drops the packets that ask a listening TCP socket for a new connection; those that
// complete one pass. Elsewhere: nothing, and what the kernel takes between the last accept() and
// close() is reset.
void drop_first_packets(int listener) noexcept;

struct KeepAlive {
    int quiet_for_s = 0;  // before the first question
    int between_s = 0;
    int times = 0;
};
// Lets the kernel ask whether the other side is still there. Elsewhere, where there is no option
// for one of them (TCP_KEEPALIVE is macOS's name for the first): the system's own.
void ask_while_quiet(int socket, const KeepAlive&) noexcept;

}  // namespace whogoes::net
