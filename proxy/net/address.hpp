#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <vector>

// Socket addresses as data: TCP over IPv4 or IPv6, and unix paths. Resolving names is not done here
// but for literals and `localhost`, which need no question to anybody.
namespace whogoes::net {

struct Endpoint {
    sockaddr_storage address{};
    socklen_t length = 0;

    int family() const noexcept { return address.ss_family; }
    std::string host() const;        // "127.0.0.1", "::1", a unix path
    std::string text() const;        // "127.0.0.1:3000", "[::1]:3000", "unix:/path"
    bool loopback() const noexcept;  // or unix
    std::uint16_t port() const noexcept;
};

Endpoint unix_endpoint(std::string_view path);  // path must fit sun_path (107 octets)

// RFC 6761, 6.3: localhost and every name below it are loopback, with or without the root's dot;
// nobody is asked. Case does not matter. Not for addresses.
bool is_loopback_name(std::string_view host) noexcept;

// Of an IP literal, or 127.0.0.1 and ::1 for "localhost" and names below it; empty for other names.
std::vector<Endpoint> literal_endpoints(std::string_view host, std::uint16_t port);

// Asks the system's resolver: blocks, so the control thread does it. Empty: `error` says why.
std::vector<Endpoint> resolve(const std::string& host, std::uint16_t port, std::string& error);

}  // namespace whogoes::net
