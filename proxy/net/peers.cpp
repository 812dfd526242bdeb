#include "proxy/net/peers.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <cstring>
#include <netinet/in.h>

namespace whogoes::net {
namespace {

constexpr unsigned mapped_bits = 96;

Peer v4_of(const void* octets) {
    Peer peer{.kind = Peer::Kind::v4};
    std::memcpy(peer.octets.data(), octets, 4);
    return peer;
}

Peer v6_of(const in6_addr& address) {
    if (IN6_IS_ADDR_V4MAPPED(&address)) return v4_of(&address.s6_addr[12]);
    Peer peer{.kind = Peer::Kind::v6};
    std::memcpy(peer.octets.data(), address.s6_addr, peer.octets.size());
    return peer;
}

bool same_network(const Peer& first, const Peer& peer, unsigned bits) noexcept {
    if (first.kind != peer.kind) return false;
    const unsigned whole = bits / 8;
    if (!std::equal(first.octets.begin(), first.octets.begin() + whole, peer.octets.begin()))
        return false;
    const unsigned rest = bits % 8;
    return rest == 0 || ((first.octets[whole] ^ peer.octets[whole]) >> (8 - rest)) == 0;
}

}  // namespace

bool Peer::loopback() const noexcept {
    if (kind == Kind::v4) return octets[0] == 127;
    return kind == Kind::v6 && octets.back() == 1 &&
           std::all_of(octets.begin(), octets.end() - 1,
                       [](std::uint8_t octet) { return octet == 0; });
}

std::string Peer::text() const {
    char text[INET6_ADDRSTRLEN] = "";
    if (kind == Kind::v4) ::inet_ntop(AF_INET, octets.data(), text, sizeof text);
    if (kind == Kind::v6) ::inet_ntop(AF_INET6, octets.data(), text, sizeof text);
    return text;
}

Peer peer_of(const Endpoint& endpoint) noexcept {
    if (endpoint.family() == AF_UNIX) return {.kind = Peer::Kind::local};
    if (endpoint.family() == AF_INET)
        return v4_of(&reinterpret_cast<const sockaddr_in&>(endpoint.address).sin_addr);
    if (endpoint.family() == AF_INET6)
        return v6_of(reinterpret_cast<const sockaddr_in6&>(endpoint.address).sin6_addr);
    return {};
}

std::optional<Peer> parse_peer(std::string_view literal) {
    const std::string text(literal);
    in_addr four{};
    if (::inet_pton(AF_INET, text.c_str(), &four) == 1) return v4_of(&four);
    in6_addr six{};
    if (::inet_pton(AF_INET6, text.c_str(), &six) == 1) return v6_of(six);
    return std::nullopt;
}

PeerSet PeerSet::this_machine() {
    PeerSet set;
    set.loopback_ = set.local_ = true;
    return set;
}

bool PeerSet::add(std::string_view text) {
    if (text == "loopback") return loopback_ = true;
    if (text == "unix") return local_ = true;
    const std::size_t slash = text.find('/');
    const std::string_view literal = text.substr(0, slash);
    const std::optional<Peer> first = parse_peer(literal);
    if (!first) return false;
    const unsigned widest = first->kind == Peer::Kind::v4 ? 32 : 128;
    unsigned bits = widest;
    if (slash != std::string_view::npos) {
        const std::string_view digits = text.substr(slash + 1);
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), bits);
        if (error != std::errc() || end != digits.data() + digits.size()) return false;
        if (literal.find(':') != std::string_view::npos && first->kind == Peer::Kind::v4) {
            if (bits < mapped_bits) return false;
            bits -= mapped_bits;
        }
        if (bits > widest) return false;
    }
    networks_.push_back({*first, bits});
    return true;
}

bool PeerSet::has(const Peer& peer) const noexcept {
    if (loopback_ && peer.loopback()) return true;
    if (peer.kind == Peer::Kind::local) return local_;
    return std::any_of(networks_.begin(), networks_.end(),
                       [&](const Network& one) { return same_network(one.first, peer, one.bits); });
}

}  // namespace whogoes::net
