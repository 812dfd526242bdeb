#include "tests/support/rig.hpp"

#include <doctest/doctest.h>

#include <string>

// What becomes of an exchange when one side fails: answers of our own, retries, aborts.
namespace whogoes::support {
namespace {

using namespace std::chrono_literals;

// An address that nobody listens on: bound, so that nobody else takes it, and never listening.
struct DeafPort {
    DeafPort() {
        net::Endpoint any = net::literal_endpoints("127.0.0.1", 0).front();
        ::bind(socket, reinterpret_cast<const sockaddr*>(&any.address), any.length);
        any.length = sizeof any.address;
        ::getsockname(socket, reinterpret_cast<sockaddr*>(&any.address), &any.length);
        port = any.port();
    }
    ~DeafPort() { ::shutdown(socket, SHUT_RDWR); }
    int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    std::uint16_t port = 0;
};

settings::Settings aimed_at(std::uint16_t port) {
    settings::Settings settings;
    settings.upstream.host = "127.0.0.1";
    settings.upstream.port = port;
    settings.upstream.authority = "127.0.0.1:" + std::to_string(port);
    settings.upstream.origin = "http://" + settings.upstream.authority;
    return settings;
}

TEST_CASE("an upstream that is down is named by an answer of whogoes' own") {
    DeafPort deaf;
    Rig rig({.settings = aimed_at(deaf.port)});
    Client client = rig.connect();

    const Message json = client.ask(get("/"));
    const Message html = client.ask(get("/", "Accept: text/html,*/*;q=0.8\r\n"));
    const Message none = client.ask("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");

    CHECK(json.status() == 502);
    CHECK(json.field("Content-Type") == "application/json");
    CHECK(json.body == "{\"error\":\"Bad Gateway\",\"message\":\"whogoes could not reach " +
                           rig.origin() +
                           ": connection refused\",\"status\":502,\"source\":\"whogoes\"}");
    CHECK(html.field("Content-Type") == "text/html; charset=utf-8");
    CHECK(html.body.find("whogoes could not reach") != std::string::npos);
    CHECK(none.status() == 502);
    for (int i = 0; i < 3; ++i) {
        const boost::json::object event = rig.next_event();
        CHECK(text_at(event, "/event") == "proxy.error");
        CHECK(text_at(event, "/http/response/status_code") == "502");
    }
}

TEST_CASE("a name that does not resolve is said to be that") {
    settings::Settings settings = aimed_at(1);
    settings.upstream.host = "no-such-host.invalid";  // RFC 6761, 6.4
    Rig rig({.settings = settings});
    const Message reply = rig.get("/");
    CHECK(reply.status() == 502);
    CHECK(reply.body.find("cannot resolve no-such-host.invalid") != std::string::npos);
}

TEST_CASE("an upstream that speaks another protocol than its URL says is told of") {
    const struct {
        const char* given;
        std::string answer;
        const char* says;
        bool by_http_2;
    } rows[] = {
        {"a SETTINGS frame", std::string("\0\0\6\4\0\0\0\0\0\0\3\0\0\0\1", 15),
         " speaks HTTP/2: write h2c://", false},
        {"an alert", std::string("\x15\x03\x03\0\2\2\x46", 7), " speaks TLS: write https://",
         false},
        {"something else", "SSH-2.0-x\r\n\r\n", "is not valid HTTP/1.1: ", false},
        {"HTTP/1.1 in place of HTTP/2", "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
         "write http:// in place of h2c://", true},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.given));
        RigOptions options;
        if (row.by_http_2) {
            options.settings.upstream.protocol = upstream::Protocol::http_2;
            options.settings.upstream_protocol = upstream::Protocol::http_2;
        }
        Rig rig(options);
        rig.upstream.will([&row](Talk& talk) {
            talk.answer(row.answer);
            talk.wire.read_to_end();  // of HTTP/2's preface a part is no request
        });
        const Message reply = rig.get("/");
        CHECK(reply.status() == 502);
        CAPTURE(reply.body);
        CHECK(reply.body.find(row.says) != std::string::npos);
    }
}

TEST_CASE("an upstream that is silent for too long is a 504") {
    settings::Settings settings;
    settings.timeouts.response = 300ms;
    Rig rig({.settings = settings, .upstream = {.accepts = false}});
    const Message reply = rig.get("/");
    CHECK(reply.status() == 504);
    CHECK(reply.body.find("limits.timeouts.response") != std::string::npos);
}

TEST_CASE("an upstream that takes no connection in time is a 504") {
    settings::Settings settings;
    settings.timeouts.connect = 300ms;
    // One place in the queue, and this fills it: the kernel drops what comes after.
    Rig rig({.settings = settings, .upstream = {.backlog = 0, .accepts = false}});
    const Wire first = Wire::to(rig.upstream.endpoint());
    const Message reply = rig.get("/");
    CHECK(reply.status() == 504);
    CHECK(reply.body.find("connecting took longer than 300 ms") != std::string::npos);
}

TEST_CASE("an answer that stops in the middle of its body is cut, not completed") {
    settings::Settings settings;
    settings.timeouts.response = 300ms;
    Rig rig({.settings = settings});
    rig.upstream.will([](Talk& talk) {
        talk.answer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
        talk.wire.read_to_end();
    });
    Client client = rig.connect();
    client.send(get("/"));
    read_head(client.wire);
    CHECK(client.wire.read_to_end() == "hello");
    CHECK(client.wire.end() == End::reset);
}

TEST_CASE("a stream of events may be silent for longer than any other answer") {
    settings::Settings settings;
    settings.timeouts.response = 500ms;
    Rig rig({.settings = settings});
    Gate other_timed_out;
    rig.upstream.will([&](Talk& talk) {
        // A line that is cut stands in front: what moves up in the head is still read right.
        talk.answer(
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/event-stream\r\n"
            "\r\ndata: 1\n\n");
        other_timed_out.wait();
        talk.send("data: 2\n\n");
        talk.wire.close();
    });
    rig.upstream.will([](Talk& talk) { talk.wire.read_to_end(); });
    Client events = rig.connect();
    events.send(get("/events"));
    read_head(events.wire);
    CHECK(events.wire.read_through("\n\n") == "data: 1\n\n");
    CHECK(rig.get("/slow").status() == 504);
    other_timed_out.open();
    CHECK(events.wire.read_to_end() == "data: 2\n\n");
    CHECK(events.wire.end() == End::closed);
}

TEST_CASE("what is no answer is a 502 that says so") {
    const struct {
        std::string given;
        std::string bytes;
        const char* words;
    } rows[] = {
        {"nothing", "", "closed the connection without an answer"},
        {"half a head", "HTTP/1.1 200 OK\r\nA: b", "in the middle of its answer's head"},
        {"no HTTP", "SSH-2.0-OpenSSH_9.2\r\n\r\n", "not valid HTTP/1.1"},
        {"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
         "not valid HTTP/1.1"},
        {"length and chunks",
         "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
         "not valid HTTP/1.1"},
        {"a head without end", "HTTP/1.1 200 OK\r\nA: " + std::string(70000, 'a'),
         "not valid HTTP/1.1"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        Rig rig;
        rig.upstream.will_answer_and_close(row.bytes);
        const Message reply = rig.get("/");
        CHECK(reply.status() == 502);
        CHECK(reply.body.find(row.words) != std::string::npos);
        CHECK(reply.body.find("\"source\":\"whogoes\"") != std::string::npos);
    }
}

TEST_CASE("a gRPC call is told in its own words what HTTP's clients are told in theirs") {
    Rig rig;
    rig.upstream.will_answer_and_close("");
    Client client = rig.connect();
    client.send(post("/orders.v1.Orders/List", "abc", "Content-Type: application/grpc+proto\r\n"));
    const Message reply = client.reply();
    CHECK(reply.status() == 200);
    CHECK(reply.field("Content-Type") == "application/grpc+proto");
    CHECK(reply.field("grpc-status") == "14");
    CHECK(reply.field("grpc-message").find("closed the connection without an answer") !=
          std::string::npos);
    CHECK(reply.body.empty());
    CHECK(text_at(rig.next_event(), "/msg").find("without an answer") != std::string::npos);
}

TEST_CASE(
    "a pooled connection that died is tried once more for GET, never for a POST that was sent") {
    Rig rig;
    const auto dies_when_asked_again = [](Talk& talk) { talk.answer(ok("first")); };
    const auto resets = [](Talk& talk) { talk.wire.reset(); };
    rig.upstream.will(dies_when_asked_again);
    rig.upstream.will(resets);
    Client client = rig.connect();
    CHECK(client.ask(get("/")).body == "first");

    SUBCASE("GET") {
        rig.upstream.will_answer(ok("second"));
        CHECK(client.ask(get("/again")).body == "second");
        CHECK(rig.upstream.requests().size() == 3);
        CHECK(rig.counted(&net::Counters::upstream_retries) == 1);
    }
    SUBCASE("GET, and the new connection dies too") {
        rig.upstream.will(resets);
        CHECK(client.ask(get("/again")).status() == 502);
        CHECK(rig.upstream.requests().size() == 3);
    }
    SUBCASE("POST") {
        CHECK(client.ask(post("/again", "pay")).status() == 502);
        CHECK(rig.upstream.requests().size() == 2);
        CHECK(rig.counted(&net::Counters::upstream_retries) == 0);
    }
}

TEST_CASE("a fresh connection that dies is not tried again") {
    Rig rig;
    rig.upstream.will([](Talk& talk) { talk.wire.reset(); });
    CHECK(rig.get("/").status() == 502);
    CHECK(rig.upstream.requests().size() == 1);
}

TEST_CASE("a connection that the upstream ends while idle leaves the pool at once") {
    settings::Settings settings;
    settings.timeouts.upstream_idle = 1h;
    Rig rig({.settings = settings});
    rig.upstream.will_answer_and_close(ok("first"));
    rig.upstream.will_answer(ok("second"));
    Client client = rig.connect();
    CHECK(client.ask(get("/")).body == "first");
    REQUIRE(eventually([&] {
        return rig.counted(&net::Counters::upstream_connections_active) == 0 &&
               rig.counted(&net::Counters::upstream_connections_idle) == 0;
    }));
    CHECK(client.ask(post("/", "pay")).body == "second");
    CHECK(rig.upstream.connections() == 2);
}

TEST_CASE("what an upstream sends behind an answer costs it the connection") {
    settings::Settings settings;
    settings.timeouts.upstream_idle = 1h;  // it is not given up for its age
    Rig rig({.settings = settings});
    SUBCASE("together with the answer") { rig.upstream.will_answer(ok("first") + ok("smuggled")); }
    SUBCASE("while nobody asks") {
        rig.upstream.will([](Talk& talk) {
            talk.answer(ok("first"));
            talk.send(ok("smuggled"));
        });
    }
    rig.upstream.will_answer(ok("second"));
    Client client = rig.connect();
    CHECK(client.ask(get("/")).body == "first");
    rig.upstream.wait_for_ended(1);
    CHECK(client.ask(get("/")).body == "second");
    CHECK(rig.upstream.connections() == 2);
}

TEST_CASE("an upstream's Connection: close and Keep-Alive are heeded") {
    settings::Settings settings;
    settings.timeouts.upstream_idle = 1h;
    Rig rig({.settings = settings});
    SUBCASE("close") { rig.upstream.will_answer(ok("first", "Connection: close\r\n")); }
    SUBCASE("no time left") { rig.upstream.will_answer(ok("first", "Keep-Alive: timeout=1\r\n")); }
    rig.upstream.will_answer(ok("second"));
    Client client = rig.connect();
    const Message reply = client.ask(get("/"));
    CHECK(reply.body == "first");
    CHECK_FALSE(reply.has("Connection"));
    rig.upstream.wait_for_ended(1);
    CHECK(client.ask(get("/")).body == "second");
    CHECK(rig.upstream.connections() == 2);
}

TEST_CASE("a client that leaves aborts the request upstream") {
    Rig rig;
    rig.upstream.will([](Talk& talk) { talk.wire.read_to_end(); });
    Client client = rig.connect();
    SUBCASE("closed") {
        client.send(get("/slow"));
        rig.upstream.request(0);
        client.wire.close();
    }
    SUBCASE("reset") {
        client.send(get("/slow"));
        rig.upstream.request(0);
        client.wire.reset();
    }
    SUBCASE("half closed") {
        client.send(get("/slow"));
        rig.upstream.request(0);
        client.wire.half_close();
        client.wire.read_to_end();
    }
    SUBCASE("in the middle of its body") {
        client.send("POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello");
        rig.upstream.request(0);
        client.wire.close();
    }
    rig.upstream.wait_for_ended(1);
    CHECK(eventually([&] { return rig.counted(&net::Counters::client_connections_active) == 0; }));
}

TEST_CASE("a client that leaves while it is answered ends that answer upstream") {
    Rig rig;
    rig.upstream.will([](Talk& talk) {
        talk.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
        talk.wire.read_to_end();
    });
    Client client = rig.connect();
    client.send(get("/events"));
    read_head(client.wire);
    client.wire.close();
    rig.upstream.wait_for_ended(1);
}

TEST_CASE("what broke in the middle of an answer is told for what it is") {
    const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n";
    const struct {
        std::string sent;
        bool ends;
        const char* words;
    } rows[] = {
        {chunked + "xyz\r\n", false, "sent an answer's body that is not valid HTTP/1.1: "},
        {chunked + "2\r\nab", true,
         "broke off in the middle of an answer's body (connection closed)"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", true,
         "broke off in the middle of an answer's body (connection closed)"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.sent);
        Rig rig;
        rig.upstream.will([&](Talk& talk) {
            talk.answer(row.sent);
            if (row.ends)
                talk.wire.close();
            else
                talk.wire.read_to_end();
        });
        Client client = rig.connect();
        client.send(get("/"));
        client.wire.read_to_end();
        const std::string words = text_at(rig.next_event(), "/msg");
        CHECK(words.starts_with(rig.origin() + " " + row.words));
    }
}

TEST_CASE("an exception ends its own exchange, and is told of") {
    Rig rig;
    Gate broken;
    rig.upstream.will([&](Talk& talk) {
        broken.wait();
        talk.answer(ok("untouched"));
    });
    Client other = rig.connect();
    other.send(get("/other"));
    rig.upstream.request(0);

    Client client = rig.connect();
    rig.upstream.will([](Talk& talk) {
        talk.send(answer(401));
        talk.wire.read_to_end();
    });
    rig.break_clock();
    SUBCASE("with its whole request upstream") { client.send(get("/broken")); }
    SUBCASE("in the middle of its upload") {
        client.send("POST /broken HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello");
    }
    client.wire.read_to_end();
    rig.upstream.wait_for_ended(1);
    const boost::json::object event = rig.next_event();
    CHECK(text_at(event, "/event") == "proxy.error");
    CHECK(text_at(event, "/msg") == "an exchange ended by a fault of whogoes: the clock broke");

    broken.open();
    CHECK(other.reply().body == "untouched");
    rig.upstream.will_answer(ok("next"));
    CHECK(rig.get("/").body == "next");
    other.wire.close();
    CHECK(eventually([&] { return rig.counted(&net::Counters::client_connections_active) == 0; }));
}

}  // namespace
}  // namespace whogoes::support
