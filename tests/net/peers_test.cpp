#include "proxy/net/peers.hpp"

#include <doctest/doctest.h>

#include <string>

namespace whogoes::net {
namespace {

Peer peer(const char* text) {
    const std::optional<Peer> parsed = parse_peer(text);
    REQUIRE(parsed);
    return *parsed;
}

TEST_CASE("a set has whom its words, addresses and networks name") {
    const struct {
        const char* set;
        const char* peer;
        bool in;
    } rows[] = {
        {"loopback", "127.0.0.1", true},
        {"loopback", "127.9.9.9", true},
        {"loopback", "::1", true},
        {"loopback", "::ffff:127.0.0.1", true},
        {"loopback", "128.0.0.1", false},
        {"loopback", "::2", false},
        {"loopback", "2001:db8::1", false},
        {"10.0.0.0/8", "10.255.0.1", true},
        {"10.0.0.0/8", "11.0.0.1", false},
        {"10.0.0.0/8", "::ffff:10.1.2.3", true},
        {"10.1.2.3/8", "10.9.9.9", true},
        {"172.16.0.0/12", "172.31.255.255", true},
        {"172.16.0.0/12", "172.32.0.0", false},
        {"192.0.2.7", "192.0.2.7", true},
        {"192.0.2.7", "192.0.2.6", false},
        {"0.0.0.0/0", "203.0.113.9", true},
        {"0.0.0.0/0", "2001:db8::1", false},
        {"::/0", "2001:db8::1", true},
        {"fd00::/8", "fdff::1", true},
        {"fd00::/8", "fe00::1", false},
        {"2001:db8::/33", "2001:db8:7fff::1", true},
        {"2001:db8::/33", "2001:db8:8000::1", false},
        {"::ffff:10.0.0.0/104", "10.9.9.9", true},
        {"unix", "127.0.0.1", false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.set);
        CAPTURE(row.peer);
        PeerSet set;
        REQUIRE(set.add(row.set));
        CHECK(set.has(peer(row.peer)) == row.in);
    }
}

TEST_CASE("a unix socket is itself and nobody's address") {
    const Peer local = peer_of(unix_endpoint("/run/a"));
    CHECK(local.text().empty());
    CHECK_FALSE(local.loopback());
    PeerSet set;
    CHECK(set.empty());
    set.add("loopback");
    set.add("0.0.0.0/0");
    CHECK_FALSE(set.has(local));
    CHECK_FALSE(set.has(Peer{}));
    set.add("unix");
    CHECK(set.has(local));
}

TEST_CASE("what is no peer is none, whatever it looks like") {
    for (const char* text : {"", "Loopback", "10.0.0.0/33", "10.0.0/8", "10.0.0.0/", "10.0.0.0/a",
                             "10.0.0.0/-1", "10.0.0.0/8 ", "::/129", "[::1]", "localhost",
                             "10.0.0.1:80", "::ffff:10.0.0.0/95", "10.0.0.1-9"}) {
        CAPTURE(std::string(text));
        PeerSet set;
        CHECK_FALSE(set.add(text));
        CHECK(set.empty());
    }
}

TEST_CASE("a peer is the endpoint's, without the port and without its guise") {
    CHECK(peer_of(literal_endpoints("192.0.2.7", 80).front()) == peer("192.0.2.7"));
    CHECK(peer_of(literal_endpoints("::ffff:192.0.2.7", 80).front()) == peer("192.0.2.7"));
    CHECK(peer_of(literal_endpoints("2001:db8::1", 1).front()).text() == "2001:db8::1");
    CHECK(peer("2001:DB8:0::1").text() == "2001:db8::1");
}

}  // namespace
}  // namespace whogoes::net
