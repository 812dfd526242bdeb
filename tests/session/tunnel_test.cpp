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
