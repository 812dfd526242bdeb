#include "proxy/net/sockets.hpp"

#include <iterator>
#include <linux/filter.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>

namespace whogoes::net {

int open_socket(int family, int type) noexcept {
    return ::socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

int accept_connection(int listener, Endpoint& peer) noexcept {
    peer.length = sizeof peer.address;
    return ::accept4(listener, reinterpret_cast<sockaddr*>(&peer.address), &peer.length,
                     SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int unacknowledged(int socket) noexcept {
    int octets = 0;
    return ::ioctl(socket, SIOCOUTQ, &octets) == 0 ? octets : 0;
}

// Has no effect on a unix socket.
void drop_first_packets(int listener) noexcept {
    constexpr unsigned flags_at = 13;  // of the TCP header, where a listener's filter begins
    constexpr unsigned syn = 2, syn_and_ack = 0x12;
    sock_filter steps[] = {BPF_STMT(BPF_LD | BPF_B | BPF_ABS, flags_at),
                           BPF_STMT(BPF_ALU | BPF_AND | BPF_K, syn_and_ack),
                           BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, syn, 0, 1),
                           BPF_STMT(BPF_RET | BPF_K, 0), BPF_STMT(BPF_RET | BPF_K, 0xFFFFFFFF)};
    const sock_fprog program{std::size(steps), steps};
    ::setsockopt(listener, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

void ask_while_quiet(int socket, const KeepAlive& how) noexcept {
    constexpr int on = 1;
    if (::setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on) != 0) return;
    ::setsockopt(socket, IPPROTO_TCP, TCP_KEEPIDLE, &how.quiet_for_s, sizeof how.quiet_for_s);
    ::setsockopt(socket, IPPROTO_TCP, TCP_KEEPINTVL, &how.between_s, sizeof how.between_s);
    ::setsockopt(socket, IPPROTO_TCP, TCP_KEEPCNT, &how.times, sizeof how.times);
}

}  // namespace whogoes::net
