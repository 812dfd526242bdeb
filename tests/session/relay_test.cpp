#include "tests/support/rig.hpp"

#include <doctest/doctest.h>

#include <string>

// A request and its answer on their way through, byte for byte but for what routing owns.
namespace whogoes::support {
namespace {

TEST_CASE("several requests share one connection on either side") {
    Rig rig;
    for (const char* body : {"one", "two", "three"}) rig.upstream.will_answer(ok(body));
    Client client = rig.connect();

    CHECK(client.ask(get("/1")).body == "one");
    CHECK(client.ask(get("/2")).body == "two");
    CHECK(client.ask(post("/3", "sent")).body == "three");

    CHECK(rig.upstream.connections() == 1);
    CHECK(rig.upstream.request(2).body == "sent");
}

TEST_CASE("pipelined requests are answered in order") {
    Rig rig;
    rig.upstream.always([](Talk& talk) {
        talk.read_body();
        talk.send(ok(talk.request.target() + talk.request.body));
    });
    Client client = rig.connect();

    client.send(get("/1") + post("/2", "+body") + get("/3"));

    CHECK(client.reply().body == "/1");
    CHECK(client.reply().body == "/2+body");
    CHECK(client.reply().body == "/3");
}

TEST_CASE("an answer to HEAD, a 204 and a 304 have a length and no body") {
    const struct {
        std::string given;
        const char* method;
        const char* answer;
    } rows[] = {
        {"HEAD", "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"},
        {"HEAD, chunked", "HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"},
        {"204", "GET", "HTTP/1.1 204 No Content\r\n\r\n"},
        {"304", "GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nETag: \"a\"\r\n\r\n"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        Rig rig;
        rig.upstream.will_answer(row.answer);
        rig.upstream.will_answer(ok("next"));
        Client client = rig.connect();

        const Message reply =
            client.ask(row.method + std::string(" / HTTP/1.1\r\nHost: a\r\n\r\n"));

        CHECK(reply.start_line() == std::string(row.answer).substr(0, reply.start_line().size()));
        if (std::string(row.answer).find("Content-Length") != std::string::npos)
            CHECK(reply.field("Content-Length") == "5");
        CHECK(client.ask(get("/next")).body == "next");
        CHECK(rig.upstream.connections() == 1);
    }
}

TEST_CASE("chunks pass as they came, in both directions, trailers too") {
    Rig rig;
    const std::string body = "5;ext=\"a\"\r\nhello\r\n00a\r\n0123456789\r\n0\r\nX-Sum: 1\r\n\r\n";
    rig.upstream.will_answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body);
    rig.upstream.will_answer(ok("next"));
    Client client = rig.connect();

    const Message reply =
        client.ask("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body);

    CHECK(reply.raw_body == body);
    CHECK(rig.upstream.request(0).raw_body == body);
    CHECK(client.ask(get("/")).body == "next");
    CHECK(rig.upstream.connections() == 1);
}

TEST_CASE("an answer that ends with its connection is passed to its end") {
    Rig rig;
    rig.upstream.will_answer_and_close(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nto the end");
    Client client = rig.connect();

    const Message reply = client.ask(get("/"));

    CHECK(reply.body == "to the end");
    CHECK(reply.field("Connection") == "close");
    CHECK(client.wire.end() == End::closed);
}

TEST_CASE("an HTTP/1.0 client gets no chunks and an end it understands") {
    Rig rig;
    rig.upstream.will_answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" +
                             chunk("hello ") + chunk("world") + chunk(""));
    Client client = rig.connect();

    const Message reply = client.ask("GET / HTTP/1.0\r\n\r\n");

    CHECK(reply.body == "hello world");
    CHECK_FALSE(reply.has("Transfer-Encoding"));
    CHECK(client.wire.end() == End::closed);
    CHECK(rig.upstream.request(0).start_line() == "GET / HTTP/1.1");
}

TEST_CASE("an HTTP/1.0 client keeps its connection where it asks for that") {
    Rig rig;
    rig.upstream.will_answer(ok("one"));
    rig.upstream.will_answer(ok("two"));
    Client client = rig.connect();

    const Message reply = client.ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");

    CHECK(reply.field("Connection") == "keep-alive");
    CHECK(client.ask("GET / HTTP/1.0\r\n\r\n").body == "two");
    CHECK(client.ending() == End::closed);
}

TEST_CASE("a server-sent event arrives at once") {
    Rig rig;
    Gate first_seen;
    rig.upstream.will([&](Talk& talk) {
        talk.answer(
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
            "Transfer-Encoding: chunked\r\n\r\n" +
            chunk("data: 1\n\n"));
        first_seen.wait();
        talk.send(chunk("data: 2\n\n") + chunk(""));
    });
    Client client = rig.connect();

    client.send(get("/events"));
    read_head(client.wire);

    CHECK(client.wire.read_through("\n\n\r\n") == chunk("data: 1\n\n"));
    first_seen.open();
    CHECK(client.wire.read_through("0\r\n\r\n") == chunk("data: 2\n\n") + chunk(""));
}

TEST_CASE("an event stream that held next to nothing is recorded, and what was sent on is served") {
    Rig rig({.log_everything = true});
    Gate first_seen;
    rig.upstream.will([&](Talk& talk) {
        talk.answer(
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
            "Transfer-Encoding: chunked\r\n\r\n" +
            chunk("data: 1\n\n"));
        first_seen.wait();
        talk.send(chunk("data: 2\n\n") + chunk(""));
    });
    rig.upstream.will_answer(ok("next"));
    Client client = rig.connect();

    client.send("\r\n" + get("/events") + get("/next"));
    read_head(client.wire);
    CHECK(client.wire.read_through("\n\n\r\n") == chunk("data: 1\n\n"));
    first_seen.open();
    CHECK(client.wire.read_through("0\r\n\r\n") == chunk("data: 2\n\n") + chunk(""));
    CHECK(client.reply().body == "next");
    CHECK(text_at(rig.next_event(), "/url/path") == "/events");
    CHECK(text_at(rig.next_event(), "/url/path") == "/next");
}

TEST_CASE("an answer larger than every buffer arrives whole, however slowly it is read") {
    Rig rig;
    std::string body(20 * 1024 * 1024, '.');
    for (std::size_t i = 0; i < body.size(); i += 1000) body[i] = static_cast<char>('a' + i % 26);
    rig.upstream.will_answer(ok(body));
    Client client = rig.connect();

    const Message reply = client.ask(get("/large"));

    CHECK(reply.body == body);
}

TEST_CASE("a slow client slows the upstream down; the proxy holds a bounded part") {
    Rig rig;
    constexpr std::size_t whole = 64 * 1024 * 1024;
    std::size_t taken = 0;
    Gate measured;
    rig.upstream.will([&](Talk& talk) {
        talk.answer("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(whole) + "\r\n\r\n");
        taken = talk.wire.send_until_full('x');
        measured.open();
        talk.send(std::string(whole - taken, 'x'));
    });
    Client client = rig.connect();
    client.send(get("/"));
    measured.wait();
    CHECK(taken < whole / 4 * 3);
    CHECK(client.reply().body.size() == whole);
}

TEST_CASE("an answer of HTTP/1.0 is passed as HTTP/1.1, and its connection not used again") {
    Rig rig;
    rig.upstream.will_answer("HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\none");
    rig.upstream.will_answer(ok("two"));
    Client client = rig.connect();
    const Message reply = client.ask(get("/"));
    CHECK(reply.start_line() == "HTTP/1.1 200 OK");
    CHECK(reply.body == "one");
    CHECK(client.ask(get("/")).body == "two");
    CHECK(rig.upstream.connections() == 2);
}

TEST_CASE("answers without end before the final one are a bad answer") {
    Rig rig;
    std::string bytes;
    for (int i = 0; i < 100; ++i) bytes += "HTTP/1.1 102 Processing\r\n\r\n";
    rig.upstream.will_answer(bytes);
    CHECK(rig.ask("GET / HTTP/1.0\r\n\r\n").body.find("too many 1xx answers") != std::string::npos);
}

TEST_CASE("an answer that breaks off is never taken for a whole one") {
    const struct {
        std::string given;
        std::string answer;
    } rows[] = {
        {"short of its length", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"},
        {"without a last chunk",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk("hello")},
        {"a broken chunk size",
         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk("hello") + "-1\r\n"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        Rig rig;
        rig.upstream.will_answer_and_close(row.answer);
        Client client = rig.connect();

        client.send(get("/"));
        client.wire.read_to_end();

        CHECK(client.wire.end() == End::reset);
        CHECK(text_at(rig.next_event(), "/event") == "proxy.error");
    }
}

}  // namespace
}  // namespace whogoes::support
