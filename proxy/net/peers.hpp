#pragma once

#include "proxy/net/address.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Who is at the other end, as a value that is small and compares, and sets of such, as a setting
// names them. No names here: nothing is resolved.
namespace whogoes::net {

// An IP address without its port, or "some process of this machine, by a unix socket". An IPv4
// address in IPv6's guise (::ffff:a.b.c.d) is the IPv4 address.
struct Peer {
    enum class Kind : std::uint8_t { none, local, v4, v6 };  // local: a unix socket
    Kind kind = Kind::none;
    std::array<std::uint8_t, 16> octets{};  // v4: the first four

    bool loopback() const noexcept;  // an address of this machine; a unix socket has none
    std::string text() const;        // "127.0.0.1", "::1"; of a unix socket nothing
    bool operator==(const Peer&) const = default;
};

Peer peer_of(const Endpoint&) noexcept;
// Of a literal without brackets and port.
std::optional<Peer> parse_peer(std::string_view literal);

class PeerSet {
public:
    static PeerSet this_machine();  // loopback and unix
    // `loopback`, `unix`, an address, or a network as in 10.0.0.0/8 or fd00::/8. False: it is none
    // of these.
    bool add(std::string_view text);
    bool has(const Peer&) const noexcept;
    bool empty() const noexcept { return !loopback_ && !local_ && networks_.empty(); }
    bool operator==(const PeerSet&) const = default;

private:
    struct Network {
        Peer first;
        unsigned bits = 0;
        bool operator==(const Network&) const = default;
    };
    bool loopback_ = false, local_ = false;
    std::vector<Network> networks_;
};

}  // namespace whogoes::net
