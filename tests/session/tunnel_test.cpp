#include "tests/support/rig.hpp"

#include <doctest/doctest.h>

#include <string>

// After a 101 the proxy copies bytes, whatever they are.
namespace whogoes::support {
namespace {

const std::string upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
const std::string switching =
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

TEST_CASE("bytes go both ways after a 101, and those behind both heads are not lost") {
    Rig rig;
    rig.upstream.will([](Talk& talk) {
        talk.send(switching + "first down");
        CHECK(talk.wire.read_exactly(8) == "first up");
        talk.send("second down");
        CHECK(talk.wire.read_exactly(9) == "second up");
        talk.wire.close();
    });
    Client client = rig.connect();

    client.send(get("/socket", upgrade) + "first up");
    const Message reply = client.reply();

    CHECK(reply.status() == 101);
    CHECK(reply.field("Upgrade") == "websocket");
    CHECK(reply.field("Connection") == "Upgrade");
    CHECK(rig.upstream.request(0).field("Upgrade") == "websocket");
    CHECK(client.wire.read_exactly(10) == "first down");
    CHECK(client.wire.read_exactly(11) == "second down");
    client.send("second up");
    CHECK(client.ending() == End::closed);
}

TEST_CASE("one direction of a tunnel may end before the other") {
    Rig rig;
    rig.upstream.will([](Talk& talk) {
        talk.send(switching);
        CHECK(talk.wire.read_to_end() == "all of it");
        talk.send("and an answer");
        talk.wire.close();
    });
    Client client = rig.connect();

    client.ask(get("/socket", upgrade));
    client.send("all of it");
    client.wire.half_close();

    CHECK(client.wire.read_to_end() == "and an answer");
    CHECK(client.wire.end() == End::closed);
}

TEST_CASE("a client that leaves a tunnel takes it along") {
    Rig rig;
    rig.upstream.will([](Talk& talk) {
        talk.send(switching);
        talk.wire.read_to_end();
    });
    Client client = rig.connect();
    client.ask(get("/socket", upgrade));

    client.wire.reset();

    rig.upstream.wait_for_ended(1);
}

TEST_CASE("a tunnel's record is written when it opens, and is about its request") {
    Rig rig;
    rig.upstream.will([](Talk& talk) {
        talk.send(switching);
        CHECK(talk.wire.read_exactly(200) == std::string(200, 'u'));
        talk.send("d");
        talk.wire.read_to_end();
    });
    Client client = rig.connect();
    client.ask(get("/socket?access_token=abcdefghijklmnop", upgrade));

    client.send(std::string(200, 'u'));
    CHECK(client.wire.read_exactly(1) == "d");

    const boost::json::object event = rig.next_event();
    CHECK(text_at(event, "/url/path") == "/socket");
    CHECK(text_at(event, "/http/response/status_code") == "101");
    CHECK(text_at(event, "/url/query") == "access_token=REDACTED");
    CHECK(rig.log_text().find("uuu") == std::string::npos);
}

TEST_CASE("a body that was whole before the switch goes upstream once") {
    const struct {
        const char* given;
        std::string first, later;
    } rows[] = {
        {"with its head", post("/socket", "body", upgrade) + "up", ""},
        {"behind its head",
         post("/socket", "body", upgrade).substr(0, post("/socket", "body", upgrade).size() - 4),
         "bodyup"},
        {"in chunks",
         "POST /socket HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n" + upgrade +
             "\r\n4\r\nbody\r\n",
         "0\r\n\r\nup"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        Rig rig;
        rig.upstream.will([](Talk& talk) {
            talk.answer(switching);
            CHECK(talk.wire.read_to_end() == "up");
            talk.wire.close();
        });
        Client client = rig.connect();
        client.send(row.first);
        rig.upstream.request(0);
        client.send(row.later);
        CHECK(client.reply().status() == 101);
        client.wire.half_close();
        CHECK(client.ending() == End::closed);
        CHECK(rig.upstream.request(0).body == "body");
    }
}

TEST_CASE(
    "what an upstream has not read of a body when it switches goes up before the new protocol") {
    Rig rig;
    rig.upstream.will([](Talk& talk) {
        talk.send(switching + "down");
        CHECK(talk.wire.read_exactly(10) == "0123456789");
        talk.send("read");
        CHECK(talk.wire.read_to_end() == "up");
        talk.wire.close();
    });
    Client client = rig.connect();
    client.send("POST /socket HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n" + upgrade +
                "\r\n01234");
    CHECK(client.reply().status() == 101);
    CHECK(client.wire.read_exactly(4) == "down");
    SUBCASE("together with it") { client.send("56789up"); }
    SUBCASE("by itself") {
        client.send("56789");
        CHECK(client.wire.read_exactly(4) == "read");
        client.send("up");
    }
    client.wire.half_close();
    client.wire.read_to_end();
    CHECK(client.wire.end() == End::closed);
}

TEST_CASE("a body that never comes whole behind a 101 keeps no connection") {
    settings::Settings settings;
    settings.timeouts.header = std::chrono::milliseconds(200);
    Rig rig({.settings = settings});
    rig.upstream.will([](Talk& talk) {
        talk.send(switching);
        CHECK(talk.wire.read_to_end() == "01234");
    });
    Client client = rig.connect();
    client.send("POST /socket HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n" + upgrade +
                "\r\n01234");
    CHECK(client.reply().status() == 101);
    SUBCASE("since the client is silent") {}
    SUBCASE("since the client has ended it") { client.wire.half_close(); }
    SUBCASE("since the client is gone") { client.wire.reset(); }
    SUBCASE("since tunnels are to end") { rig.end_tunnels(); }
    rig.upstream.wait_for_ended(1);
    CHECK(eventually([&] { return rig.counted(&net::Counters::client_connections_active) == 0; }));
}

TEST_CASE("a 101 that nobody asked for is a bad answer") {
    Rig rig;
    rig.upstream.will_answer(switching);
    const Message reply = rig.get("/");
    CHECK(reply.status() == 502);
    CHECK(reply.body.find("a 101 that was not asked for") != std::string::npos);
}

TEST_CASE("an upgrade that the upstream declines leaves the connection as it was") {
    Rig rig;
    rig.upstream.will_answer(ok("no sockets here"));
    rig.upstream.will_answer(ok("next"));
    Client client = rig.connect();
    CHECK(client.ask(get("/socket", upgrade)).body == "no sockets here");
    CHECK(client.ask(get("/")).body == "next");
    CHECK(rig.upstream.connections() == 1);
}

}  // namespace
}  // namespace whogoes::support
