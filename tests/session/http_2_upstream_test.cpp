#include "refresh_rig.hpp"
#include "tests/support/h2_peer.hpp"
#include "tests/support/rig.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

// An API that speaks HTTP/2 with prior knowledge, asked by clients of either protocol.
namespace whogoes::support {
namespace {

using Role = H2Peer::Role;

// The fake API takes the preface's first half for a request's head.
constexpr std::string_view preface_head = "PRI * HTTP/2.0\r\n\r\n";

settings::Settings over_http_2() {
    settings::Settings settings;
    settings.upstream_protocol = upstream::Protocol::http_2;
    return settings;
}

template <class Serve>
Step serving(Serve serve) {
    return [serve](Talk& talk) {
        H2Peer peer(talk.wire, Role::server, preface_head);
        serve(peer);
        peer.until_closed();
    };
}

TEST_CASE("an HTTP/1.1 client is answered by an API that speaks HTTP/2") {
    Rig rig({.settings = over_http_2()});
    H2Message seen;
    rig.upstream.will(serving([&](H2Peer& peer) {
        const std::int32_t id = peer.next_request();
        seen = peer.whole(id);
        peer.send_interim(id, {{":status", "103"}, {"link", "</a>"}});
        peer.answer(id, {{":status", "200"}, {"x-one", "1"}}, "hello", {{"grpc-status", "0"}});
        const std::int32_t next = peer.next_request();
        peer.answer(next, {{":status", "204"}});
    }));
    Client client = rig.connect();
    client.send(
        "POST /v1 HTTP/1.1\r\nHost: api.test\r\nTE: trailers\r\nContent-Length: 3\r\n\r\nabc");
    const Message reply = client.reply();
    CHECK(reply.status() == 200);
    CHECK(reply.body == "hello");
    CHECK(reply.field("X-One") == "1");
    CHECK(client.interims.size() == 1);
    CHECK(seen.field(":method") == "POST");
    CHECK(seen.field(":path") == "/v1");
    CHECK(seen.field("te") == "trailers");
    CHECK(seen.field("content-length") == "3");
    CHECK(seen.body == "abc");
    CHECK(client.ask(get("/next")).status() == 204);
    CHECK(rig.upstream.connections() == 1);
}

TEST_CASE("requests share one connection, side by side, from HTTP/2 to HTTP/2") {
    Rig rig({.settings = over_http_2()});
    rig.upstream.will(serving([&](H2Peer& peer) {
        std::int32_t first = peer.next_request();
        std::int32_t second = peer.next_request();
        if (peer.message(first).field(":path") == "/second") std::swap(first, second);
        peer.answer(second, {{":status", "200"}}, "second");
        peer.answer(first, {{":status", "200"}, {"content-type", "application/grpc"}}, "",
                    {{"grpc-status", "16"}});
    }));
    Client client = rig.connect();
    H2Peer peer(client.wire, Role::client);
    const std::int32_t first = peer.ask(h2_post("/a.B/C"), "x");
    const std::int32_t second = peer.ask(h2_get("/second"));
    CHECK(peer.whole(second).body == "second");
    CHECK(peer.whole(first).trailer("grpc-status") == "16");
    CHECK(peer.message(first).body.empty());
    CHECK(rig.upstream.connections() == 1);
}

TEST_CASE("what the API did not process is asked again elsewhere, whatever its method") {
    Rig rig({.settings = over_http_2()});
    rig.upstream.will(serving([&](H2Peer& peer) {
        peer.next_request();
        peer.go_away(0, 0);
    }));
    rig.upstream.will(serving([&](H2Peer& peer) {
        const std::int32_t id = peer.next_request();
        peer.answer(id, {{":status", "200"}}, "again");
    }));
    CHECK(rig.ask(post("/", "body")).body == "again");
    CHECK(rig.upstream.connections() == 2);
}

TEST_CASE("an API that resets a stream breaks off that answer alone") {
    Rig rig({.settings = over_http_2()});
    rig.upstream.will(serving([&](H2Peer& peer) {
        const std::int32_t id = peer.next_request();
        peer.begin_answer(id, {{":status", "200"}});
        peer.send_data(id, "abc", false);
        peer.reset(id, 2);
        const std::int32_t next = peer.next_request();
        peer.reset(next, 2);
        const std::int32_t last = peer.next_request();
        peer.answer(last, {{":status", "200"}}, "last");
    }));
    Client client = rig.connect();
    H2Peer peer(client.wire, Role::client);
    const H2Message& broken = peer.closed(peer.ask(h2_get("/")));
    CHECK_FALSE(broken.ended);
    CHECK(peer.whole(peer.ask(h2_get("/"))).status() == 502);
    CHECK(peer.whole(peer.ask(h2_get("/"))).body == "last");
}

TEST_CASE("a client that leaves is told to the API") {
    Rig rig({.settings = over_http_2()});
    Gate reached, told;
    std::uint32_t code = 0;
    rig.upstream.will(serving([&](H2Peer& peer) {
        const std::int32_t id = peer.next_request();
        reached.open();
        code = peer.closed(id).error_code;
        told.open();
    }));
    {
        Client client = rig.connect();
        client.send(get("/"));
        reached.wait();
    }
    told.wait();
    CHECK(code == 8);
}

TEST_CASE("a client that leaves costs no new connection, where the API is still there") {
    Rig rig({.settings = over_http_2()});
    Gate reached;
    std::atomic<bool> is_first{true};
    rig.upstream.always(serving([&](H2Peer& peer) {
        if (is_first.exchange(false)) {
            const std::int32_t given_up = peer.next_request();
            reached.open();
            peer.closed(given_up);
        }
        for (;;) peer.answer(peer.next_request(), {{":status", "200"}}, "next");
    }));
    rig.upstream.forgive("the connection ended");
    {
        Client client = rig.connect();
        client.send(get("/"));
        reached.wait();
    }
    CHECK(
        eventually([&] { return rig.counted(&net::Counters::upstream_connections_active) == 0; }));
    // What lies between the word that it left and the API's answer to ours is a moment only.
    const auto asks = [&] {
        rig.get("/");
        return rig.upstream.connections();
    };
    CHECK(asks() <= 2);
    const std::size_t by_then = rig.upstream.connections();
    for (int i = 0; i < 5; ++i) CHECK(asks() == by_then);
}

TEST_CASE("an answer that is whole by its length is not given up for its late end") {
    Rig rig({.settings = over_http_2()});
    std::uint32_t code = 99;
    rig.upstream.will(serving([&](H2Peer& peer) {
        const std::int32_t id = peer.next_request();
        peer.begin_answer(id, {{":status", "200"}, {"content-length", "5"}});
        peer.send_data(id, "hello", false);
        const std::int32_t next = peer.next_request();
        peer.send_data(id, "", true);
        code = peer.closed(id).error_code;
        peer.answer(next, {{":status", "200"}}, "next");
    }));
    CHECK(rig.get("/").body == "hello");
    CHECK(rig.get("/next").body == "next");
    CHECK(code == 0);
}

TEST_CASE("clients that do not read hold up nobody who shares their connection to the API") {
    settings::Settings settings = over_http_2();
    settings.timeouts.idle = std::chrono::milliseconds(100000);
    Rig rig({.settings = settings});
    rig.upstream.will(serving([&](H2Peer& peer) {
        const std::string large(20000000, 'x');
        for (int i = 0; i < 6; ++i) peer.answer(peer.next_request(), {{":status", "200"}}, large);
        peer.answer(peer.next_request(), {{":status", "200"}}, "small");
    }));
    std::vector<Client> slow;
    for (int i = 0; i < 6; ++i) {
        slow.push_back(rig.connect());
        slow.back().send(get("/large"));
    }
    for (Client& client : slow) CHECK_FALSE(client.wire.read_some().empty());
    CHECK(rig.get("/small").body == "small");
}

TEST_CASE("a refused request is asked again of another connection than the one that refused") {
    Rig rig({.settings = over_http_2()});
    rig.upstream.will(serving([&](H2Peer& peer) {
        const std::int32_t first = peer.next_request();
        peer.answer(first, {{":status", "200"}}, "first");
        peer.reset(peer.next_request(), 7);
    }));
    rig.upstream.will(serving([&](H2Peer& peer) {
        peer.answer(peer.next_request(), {{":status", "200"}}, "second");
    }));
    CHECK(rig.get("/").body == "first");
    CHECK(rig.ask(post("/", "body")).body == "second");
}

TEST_CASE("a refused request is renewed and sent once more over HTTP/2 on both sides") {
    RefreshRig refresh([](RigOptions& options, settings::RefreshSettings&) {
        options.settings.upstream_protocol = upstream::Protocol::http_2;
        options.settings.host_names = {"api.test"};
    });
    std::vector<H2Message> seen;
    refresh.api().always(serving([&](H2Peer& peer) {
        for (int i = 0; i < 2; ++i) {
            const std::int32_t id = peer.next_request();
            seen.push_back(peer.whole(id));
            const bool fresh = seen.back().field("authorization").starts_with("Bearer fresh");
            peer.answer(id, {{":status", fresh ? "200" : "401"}}, fresh ? "in" : "no");
        }
    }));
    Client client = refresh.rig().connect();
    H2Peer peer(client.wire, Role::client);
    H2Fields put = h2_get("/orders", {{"authorization", "Bearer stale-1"}});
    put[0].second = "PUT";
    const H2Message& reply = peer.whole(peer.ask(put, "the body"));
    CHECK(reply.status() == 200);
    CHECK(reply.body == "in");
    REQUIRE(seen.size() == 2);
    CHECK(seen[1].field("authorization") == "Bearer fresh-1");
    CHECK(seen[1].body == "the body");
    CHECK(refresh.api().connections() == 1);
}

TEST_CASE("a WebSocket has no way through HTTP/2, and is told so") {
    Rig rig({.settings = over_http_2()});
    rig.upstream.always([](Talk& talk) { talk.wire.has_more(); });
    const Message reply =
        rig.get("/",
                "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
    CHECK(reply.status() == 502);
    CHECK(reply.body.find("HTTP/2 has no way to switch protocols") != std::string::npos);
}

TEST_CASE("large bodies pass both ways, at the pace of the slower side") {
    Rig rig({.settings = over_http_2()});
    const std::string large(3000000, 'y');
    rig.upstream.will(serving([&](H2Peer& peer) {
        const std::int32_t id = peer.next_request();
        const std::string body = peer.whole(id).body;
        peer.answer(id, {{":status", "200"}}, body);
    }));
    Client client = rig.connect();
    H2Peer peer(client.wire, Role::client);
    CHECK(peer.whole(peer.ask(h2_post("/"), large)).body == large);
}

}  // namespace
}  // namespace whogoes::support
