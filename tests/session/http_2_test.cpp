#include "tests/support/h2_peer.hpp"
#include "tests/support/rig.hpp"
#include "tests/support/rig_certificates.hpp"

#include <doctest/doctest.h>
#include <openssl/ssl.h>

#include <chrono>
#include <string>

// Clients that speak HTTP/2, in front of an API that does not.
namespace whogoes::support {
namespace {

using Role = H2Peer::Role;

// A frame as it stands on the wire (RFC 9113, 4.1), with less than 128 bytes of payload.
std::string frame(char type, char flags, char stream, const std::string& payload) {
    std::string text{0, 0, static_cast<char>(payload.size()), type, flags, 0, 0, 0, stream};
    return text + payload;
}

TEST_CASE("a request by HTTP/2 reaches an HTTP/1.1 API, and its answer comes back") {
    Rig rig;
    rig.upstream.will_answer(ok("hello"));
    Client client = rig.connect();
    H2Peer peer(client.wire, Role::client);
    const H2Message& reply = peer.whole(peer.ask(h2_get("/v1?x=1", {{"accept", "*/*"}})));
    CHECK(reply.status() == 200);
    CHECK(reply.body == "hello");
    const Message seen = rig.upstream.request(0);
    CHECK(seen.start_line() == "GET /v1?x=1 HTTP/1.1");
    CHECK(seen.field("Host") == "api.test");
    CHECK(seen.field("X-Forwarded-For") == "127.0.0.1");
    CHECK(seen.field("Via").substr(0, 10) == "2 whogoes-");
    CHECK(peer.remote_setting(3) == 250);
}

TEST_CASE("the preface is told octet by octet, and a method that begins like it stays HTTP/1.1") {
    Rig rig;
    rig.upstream.will_answer(ok("one"));
    rig.upstream.will_answer(ok("two"));
    Client plain = rig.connect();
    for (const char octet : get("/one")) plain.send(std::string(1, octet));
    CHECK(plain.reply().body == "one");
    Client post_client = rig.connect();
    const std::string request = post("/two", "body");
    for (const char octet : request) post_client.send(std::string(1, octet));
    CHECK(post_client.reply().body == "two");
}

TEST_CASE("a body is passed on by its length, or by chunks with its trailers") {
    Rig rig;
    rig.upstream.will_answer(ok("one"));
    rig.upstream.will_answer(ok("two"));
    Client client = rig.connect();
    H2Peer peer(client.wire, Role::client);
    const std::string body(300000, 'x');
    const std::int32_t first = peer.ask(h2_post("/one", {{"content-length", "300000"}}), body);
    CHECK(peer.whole(first).body == "one");
    CHECK(rig.upstream.request(0).body == body);
    const std::int32_t second = peer.ask(h2_post("/two"), "", false);
    peer.send_data(second, "abc", true, {{"x-sum", "1"}});
    CHECK(peer.whole(second).body == "two");
    CHECK(rig.upstream.request(1).field("Transfer-Encoding") == "chunked");
}

TEST_CASE("streams of one connection are served side by side") {
    Rig rig;
    Gate reached, release;
    rig.upstream.will([&](Talk& talk) {
        reached.open();
        release.wait();
        talk.answer(ok("slow"));
    });
    rig.upstream.will_answer(ok("fast"));
    Client client = rig.connect();
    H2Peer peer(client.wire, Role::client);
    const std::int32_t slow = peer.ask(h2_get("/slow"));
    reached.wait();
    const std::int32_t fast = peer.ask(h2_get("/fast"));
    CHECK(peer.whole(fast).body == "fast");
    CHECK_FALSE(peer.message(slow).head_came);
    release.open();
    CHECK(peer.whole(slow).body == "slow");
}

TEST_CASE("interim answers and trailers reach the client") {
    Rig rig;
    rig.upstream.will_answer(
        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: grpc-status\r\n\r\n"
        "5\r\nhello\r\n0\r\ngrpc-status: 16\r\n\r\n");
    Client client = rig.connect();
    H2Peer peer(client.wire, Role::client);
    const H2Message& reply = peer.whole(peer.ask(h2_get("/")));
    REQUIRE(reply.interims.size() == 1);
    CHECK(reply.body == "hello");
    CHECK(reply.trailer("grpc-status") == "16");
    CHECK(reply.field("transfer-encoding").empty());
}

TEST_CASE("an answer that breaks off is reset, never ended") {
    Rig rig;
    rig.upstream.will_answer_and_close("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
    rig.upstream.will_answer_and_close(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    rig.upstream.will_answer_and_close("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nwhole");
    Client client = rig.connect();
    H2Peer peer(client.wire, Role::client);
    for (int i = 0; i < 2; ++i) {
        const H2Message& reply = peer.closed(peer.ask(h2_get("/")));
        CHECK_FALSE(reply.ended);
        CHECK(reply.error_code == 2);
    }
    const H2Message& whole = peer.whole(peer.ask(h2_get("/")));
    CHECK(whole.ended);
    CHECK(whole.body == "whole");
}

TEST_CASE("a stream that its client resets ends its request, and no other") {
    Rig rig;
    Gate reached;
    rig.upstream.will([&](Talk& talk) {
        reached.open();
        CHECK_FALSE(talk.wire.has_more());
    });
    rig.upstream.will_answer(ok("other"));
    Client client = rig.connect();
    H2Peer peer(client.wire, Role::client);
    const std::int32_t first = peer.ask(h2_get("/first"));
    reached.wait();
    peer.reset(first, 8);
    CHECK(peer.whole(peer.ask(h2_get("/other"))).body == "other");
    rig.upstream.wait_for_ended(1);
}

TEST_CASE("a refusal is explained as one by HTTP/1.1 is") {
    Rig rig({.offers = {"Bearer"}});
    rig.upstream.will_answer("HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\n{}");
    Client client = rig.connect();
    H2Peer peer(client.wire, Role::client);
    const H2Message& reply = peer.whole(peer.ask(h2_get("/orders")));
    CHECK(reply.status() == 401);
    CHECK(reply.body == "{}");
    CHECK(reply.field("www-authenticate").substr(0, 6) == "Bearer");
    const boost::json::object event = rig.next_event();
    CHECK(text_at(event, "/auth/cause") == "no-credentials");
    CHECK(text_at(event, "/network/protocol/version") == "2");
}

TEST_CASE("fields that are too large get a 431, and the connection serves on") {
    Rig rig;
    rig.upstream.will_answer(ok("next"));
    Client client = rig.connect();
    H2Peer peer(client.wire, Role::client);
    H2Fields large = h2_get("/");
    for (int i = 0; i < 80; ++i)
        large.emplace_back("x-" + std::to_string(i), std::string(1000, 'v'));
    CHECK(peer.whole(peer.ask(large)).status() == 431);
    CHECK(peer.whole(peer.ask(h2_get("/next"))).body == "next");
}

TEST_CASE("a connection and a stream outlive the time that a head may take") {
    settings::Settings settings;
    settings.timeouts.header = std::chrono::milliseconds(300);
    Rig rig({.settings = settings});
    Gate reached, release;
    rig.upstream.will([&](Talk& talk) {
        reached.open();
        release.wait();
        talk.answer(ok("late"));
    });
    Client client = rig.connect();
    H2Peer peer(client.wire, Role::client);
    const std::int32_t id = peer.ask(h2_get("/"));
    reached.wait();
    client.wire.send(frame(0x21, 0, 1, "of a type that nobody knows"));
    // Another connection is cut for its silence meanwhile: so much time has passed.
    Client silent = rig.connect();
    silent.send("GET / HTTP/1.1\r\n");
    CHECK(silent.reply().status() == 408);
    Client again = rig.connect();
    again.send("GET / HTTP/1.1\r\n");
    CHECK(again.reply().status() == 408);
    release.open();
    CHECK(peer.whole(id).body == "late");
    CHECK_FALSE(peer.saw_goaway());
}

TEST_CASE("an answer arrives whole though its client has said goodbye") {
    Rig rig;
    const std::string large(3000000, 'z');
    rig.upstream.will_answer(ok(large));
    Client client = rig.connect();
    H2Peer peer(client.wire, Role::client);
    const std::int32_t id = peer.ask(h2_get("/"));
    peer.head_of(id);
    peer.go_away(0, 0);
    CHECK(peer.whole(id).body.size() == large.size());
}

TEST_CASE("a client that leaves while its connection is full ends its own connection alone") {
    Rig rig;
    const std::string large(3000000, 'z');
    rig.upstream.always([&](Talk& talk) { talk.answer(ok(large)); });
    rig.upstream.forgive("the other side is gone");
    for (int i = 0; i < 4; ++i) {
        Client client = rig.connect();
        H2Peer peer(client.wire, Role::client);
        peer.settings({{4, 8 << 20}});
        peer.window(8 << 20);
        const std::int32_t id = peer.ask(h2_get("/"));
        peer.head_of(id);
        peer.go_away(0, 0);
        client.wire.reset();
    }
    CHECK(rig.get("/").body.size() == large.size());
}

TEST_CASE("HTTP/2 without TLS on the TLS port is refused as HTTP/1.1 is") {
    Rig rig({.tls = true});
    Client client = rig.connect_plain();
    client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    CHECK(client.reply().status() >= 400);
    CHECK(rig.upstream.connections() == 0);
}

TEST_CASE("two names for who is asked are refused") {
    Rig rig;
    Client client = rig.connect();
    H2Peer peer(client.wire, Role::client);
    CHECK(peer.whole(peer.ask(h2_get("/", {{"host", "other.test"}}))).status() == 400);
}

TEST_CASE("a client that resets without end is sent away, and the log says why") {
    Rig rig;
    rig.upstream.always([](Talk& talk) { talk.wire.has_more(); });
    Client client = rig.connect();
    H2Peer peer(client.wire, Role::client);
    try {
        for (int i = 0; i < 2000 && !peer.saw_goaway(); ++i) peer.reset(peer.ask(h2_get("/")), 8);
        peer.until_closed();
    } catch (const WireError&) {
    }
    CHECK(peer.saw_goaway());
    CHECK(peer.went_away() == 11);
    CHECK(eventually(
        [&] { return rig.log_text().find("too many streams were reset") != std::string::npos; }));
}

TEST_CASE("what comes for a stream that its client has ended ends the connection") {
    const std::string get =
        "\x82\x84\x86\x41\x03"
        "api";  // of the static table: GET / http
    const std::string data = frame(0, 0, 1, "x"), head = frame(1, 5, 1, get);
    struct {
        bool reset;
        std::string late;
    } const rows[] = {{false, data}, {false, head}, {true, data}, {true, head}};
    for (const auto& row : rows) {
        Rig rig;
        rig.upstream.always([](Talk& talk) { talk.answer(ok("hello")); });
        Client client = rig.connect();
        H2Peer peer(client.wire, Role::client);
        const std::int32_t id = peer.ask(h2_get("/"));
        if (row.reset)
            peer.reset(id, 8);
        else
            peer.whole(id);
        client.wire.send(row.late);
        peer.until_closed();
        CHECK(peer.went_away() == 5);  // STREAM_CLOSED
    }
}

TEST_CASE("what comes for a stream that was reset here is dropped, and the others go on") {
    Rig rig;
    rig.upstream.always([](Talk& talk) { talk.answer(ok("hello")); });
    Client client = rig.connect();
    H2Peer peer(client.wire, Role::client);
    const std::int32_t bad = peer.ask(h2_post("/", {{"connection", "close"}}), "", false);
    const H2Message& refused = peer.closed(bad);
    CHECK(refused.error_code == 1);
    client.wire.send(frame(0, 0, static_cast<char>(bad), "x"));
    CHECK(peer.whole(peer.ask(h2_get("/"))).body == "hello");
}

TEST_CASE("the body of a request that was one too many is dropped, and the others go on") {
    settings::Settings settings;
    settings.http_2.streams = 1;
    Rig rig({.settings = settings});
    Gate reached, release;
    rig.upstream.always([&](Talk& talk) {
        reached.open();
        release.wait();
        talk.answer(ok("hello"));
    });
    Client client = rig.connect();
    H2Peer peer(client.wire, Role::client);
    // Before it has read how many it may open.
    const std::int32_t first = peer.ask(h2_get("/"));
    const std::int32_t second = peer.ask(h2_post("/"), "", false);
    peer.send_data(second, "x", false);
    peer.send_data(second, "y", true);
    reached.wait();
    CHECK(peer.closed(second).error_code == 7);  // REFUSED_STREAM
    release.open();
    CHECK(peer.whole(first).body == "hello");
    CHECK_FALSE(peer.saw_goaway());
    CHECK(peer.whole(peer.ask(h2_get("/"))).body == "hello");
}

TEST_CASE("requests that have to be reset at once are not passed on, and the log says why") {
    Rig rig;
    rig.upstream.always([](Talk& talk) { talk.answer(ok("passed on")); });
    Client client = rig.connect();
    std::string frames = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + std::string("\0\0\0\4\0\0\0\0\0", 9);
    for (int id = 1; id < 2000; id += 2) {
        const std::string stream{0, 0, static_cast<char>(id >> 8), static_cast<char>(id & 0xff)};
        // GET / of "a", and a window that grows beyond what there is (RFC 9113, 6.9.1).
        frames += std::string("\0\0\6\1\5", 5) + stream + "\x82\x86\x84\x41\x01" + "a";
        frames += std::string("\0\0\4\x8\0", 5) + stream + "\x7f\xff\xff\xff";
    }
    client.wire.try_send(frames);
    CHECK(eventually([&] {
        return rig.log_text().find("too many streams had to be reset") != std::string::npos;
    }));
    CHECK(rig.upstream.requests().size() < 20);
}

TEST_CASE("a few octets that stand for a great many fields end their connection") {
    Rig rig;
    Client client = rig.connect();
    // One field of the table, 3000 octets long, and ten thousand references to it: 30 MB.
    std::string block =
        "\x82\x86\x84\x41\x01"
        "a";
    block += std::string("\x40\4bomb\x7f\xb9\x16", 9) + std::string(3000, 'x');
    block += std::string(10000, '\xbe');
    const std::size_t size = block.size();
    std::string frames = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + std::string("\0\0\0\4\0\0\0\0\0", 9);
    frames += std::string{0, static_cast<char>(size >> 8), static_cast<char>(size & 0xff)};
    frames += std::string("\1\5\0\0\0\1", 6) + block;
    client.wire.try_send(frames);
    CHECK(eventually(
        [&] { return rig.log_text().find("stood for a great many fields") != std::string::npos; }));
    CHECK(rig.upstream.requests().empty());
}

TEST_CASE("draining lets what is under way end, and takes nothing new") {
    Rig rig;
    Gate reached, release;
    rig.upstream.will([&](Talk& talk) {
        reached.open();
        release.wait();
        talk.answer(ok("whole"));
    });
    Client client = rig.connect();
    H2Peer peer(client.wire, Role::client);
    const std::int32_t id = peer.ask(h2_get("/"));
    reached.wait();
    rig.drain();
    while (!peer.saw_goaway()) peer.pump();
    release.open();
    CHECK(peer.whole(id).body == "whole");
    peer.until_closed();
}

TEST_CASE("where HTTP/2 is off, its preface is refused as any other version is") {
    settings::Settings settings;
    settings.speaks_http_2 = false;
    Rig rig({.settings = settings});
    CHECK(rig.ask("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").status() == 505);
}

TEST_CASE("ALPN chooses HTTP/2 where both are offered, and HTTP/1.1 where only that is") {
    Rig rig({.tls = true});
    rig.upstream.will_answer(ok("two"));
    rig.upstream.will_answer(ok("one"));
    const auto context = [](std::string_view offered) {
        net::TlsContext made(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
        SSL_CTX_load_verify_locations(made.get(), certificates().authority.certificate.c_str(),
                                      nullptr);
        SSL_CTX_set_alpn_protos(made.get(), reinterpret_cast<const unsigned char*>(offered.data()),
                                static_cast<unsigned>(offered.size()));
        return made;
    };
    const net::TlsContext both = context("\x08http/1.1\x02h2");
    Client client = rig.connect_plain();
    client.wire.secure_as_client(both.get());
    H2Peer peer(client.wire, Role::client);
    CHECK(peer.whole(peer.ask(h2_get("/"))).body == "two");
    CHECK(rig.upstream.request(0).field("X-Forwarded-Proto") == "https");
    const net::TlsContext old = context("\x08http/1.1");
    Client other = rig.connect_plain();
    other.wire.secure_as_client(old.get());
    CHECK(other.ask(get("/")).body == "one");
}

}  // namespace
}  // namespace whogoes::support
