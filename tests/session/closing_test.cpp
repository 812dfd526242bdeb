#include "tests/support/rig.hpp"

#include <doctest/doctest.h>

#include <string>

// The end of a client connection: what the client has sent ahead must not cost it an answer. A
// socket that is closed with octets unread resets, and what was not delivered yet is lost.
namespace whogoes::support {
namespace {

using namespace std::chrono_literals;

// More than the proxy reads at once, and less than the kernel takes in.
std::string sent_ahead() {
    std::string requests;
    while (requests.size() < 200 * 1024) requests += get("/ahead");
    return requests;
}

// More than a client's kernel takes in unread: the rest waits in the proxy's.
const std::string body(512 * 1024, 'b');

TEST_CASE("a client that has sent on gets its last answer whole, and a good end") {
    const struct {
        const char* given;
        std::string request;
        std::string answer;
    } rows[] = {
        {"it has asked for the end", get("/", "Connection: close\r\n"), ok(body)},
        {"it speaks HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", ok(body)},
        {"the answer ends with its connection", get("/"), "HTTP/1.1 200 OK\r\n\r\n" + body},
    };
    for (const bool tls : {false, true}) {
        for (const auto& row : rows) {
            CAPTURE(tls);
            CAPTURE(row.given);
            Rig rig({.tls = tls});
            rig.upstream.will_answer_and_close(row.answer);
            Client client = rig.connect();

            client.send(row.request + sent_ahead());
            const Message head = read_head(client.wire);
            const std::string rest = client.wire.read_to_end();

            CHECK(head.field("Connection") == "close");
            CHECK(rest.size() == body.size());
            CHECK(client.wire.end() == End::closed);
            client.wire.close();
            CHECK(eventually(
                [&] { return rig.counted(&net::Counters::client_connections_active) == 0; }));
            CHECK(rig.upstream.requests().size() == 1);
        }
    }
}

TEST_CASE("a client that has sent on reads why it is refused") {
    const struct {
        const char* given;
        std::string request;
        int status;
    } rows[] = {
        {"no request", "G(E)T / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"a field too many", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
        {"a broken body", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
         400},
        {"another host", "GET http://other.test/ HTTP/1.1\r\nHost: a\r\n\r\n", 421},
    };
    for (const bool tls : {false, true}) {
        for (const auto& row : rows) {
            CAPTURE(tls);
            CAPTURE(row.given);
            Rig rig({.tls = tls});
            Client client = rig.connect();
            client.send(row.request + sent_ahead());
            const Message reply = client.reply();
            CHECK(reply.status() == row.status);
            CHECK(reply.field("Connection") == "close");
            CHECK(client.ending() == End::closed);
        }
    }
}

TEST_CASE("draining costs no answer that was promised, however much was sent ahead") {
    Rig rig;
    Gate drained;
    rig.upstream.will([&](Talk& talk) {
        talk.read_body();
        talk.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
                  body.substr(0, 1000));
        drained.wait();
        talk.send(body.substr(1000));
    });
    rig.upstream.will_answer(ok("second"));
    Client client = rig.connect();
    client.send(get("/first"));
    const Message first = read_head(client.wire);
    CHECK_FALSE(first.has("Connection"));

    SUBCASE("with a request behind it, which is answered as the last") {
        client.send(get("/second") + sent_ahead());
        rig.drain();
        drained.open();
        CHECK((client.wire.read_exactly(body.size()) == body));
        const Message second = client.reply();
        CHECK(second.body == "second");
        CHECK(second.field("Connection") == "close");
    }
    SUBCASE("with nothing behind it") {
        rig.drain();
        drained.open();
        CHECK((client.wire.read_exactly(body.size()) == body));
    }
    CHECK(client.ending() == End::closed);
}

TEST_CASE("an idle client that reads slowly keeps its answer when draining begins") {
    Rig rig({.log_everything = true});
    rig.upstream.will_answer(ok(body));
    rig.upstream.will_answer(ok());
    Client client = rig.connect();
    client.send(get("/"));
    rig.next_event();
    Client other = rig.connect();
    other.ask(get("/"));
    rig.drain();
    CHECK(other.ending() == End::closed);
    // Too late: nobody answers it, and it must not cost the answer that is still on its way.
    client.send(get("/late"));
    CHECK(read_head(client.wire).status() == 200);
    CHECK(client.wire.read_to_end().size() == body.size());
    CHECK(client.wire.end() == End::closed);
}

TEST_CASE("what is read of a client that goes on sending is bounded") {
    Rig rig;
    Client client = rig.connect();
    client.send("no request\r\n\r\n");
    CHECK(client.reply().status() == 400);
    const std::string block(1024 * 1024, 'x');
    int blocks = 0;
    while (blocks < 200 && client.wire.try_send(block)) ++blocks;
    CHECK(blocks >= 64);
    CHECK(blocks < 200);
}

TEST_CASE("a client that keeps its end open holds up draining for a moment only") {
    Rig rig;
    Client client = rig.connect();
    client.send("no request\r\n\r\n");
    CHECK(client.reply().status() == 400);
    CHECK(client.ending() == End::closed);
    rig.drain();
    CHECK(eventually([&] { return rig.counted(&net::Counters::client_connections_active) == 0; }));
}

}  // namespace
}  // namespace whogoes::support
