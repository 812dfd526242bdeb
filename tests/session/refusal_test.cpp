#include "tests/support/rig.hpp"

#include <doctest/doctest.h>

#include <string>

// Requests that whogoes answers itself, because they cannot or must not be passed on.
namespace whogoes::support {
namespace {

using namespace std::chrono_literals;

TEST_CASE("what cannot be passed on safely is refused, named, and logged without its secrets") {
    const struct {
        std::string given;
        std::string request;
        int status;
    } rows[] = {
        {"no HTTP", "hello\r\n\r\n", 400},
        {"TLS", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15), 400},
        {"no Host", "GET /?token=verysecret HTTP/1.1\r\n\r\n", 400},
        {"two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
        {"both framings",
         "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
         400},
        {"two lengths",
         "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n", 400},
        {"chunked in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
        {"a space before the colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400},
        {"a bare line feed", "GET / HTTP/1.1\nHost: a\n\n", 400},
        {"a folded line",
         "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer\r\n verysecret\r\n\r\n", 400},
        {"CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", 405},
        {"Max-Forwards used up", "OPTIONS * HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\n\r\n", 405},
        {"a target without end", "GET /" + std::string(20000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n",
         414},
        {"another Expect",
         "POST / HTTP/1.1\r\nHost: a\r\nExpect: a-miracle\r\nContent-Length: 1\r\n\r\n", 417},
        {"another's host", "GET http://else.example/ HTTP/1.1\r\nHost: a\r\n\r\n", 421},
        {"a head without end",
         "GET / HTTP/1.1\r\nHost: a\r\nCookie: " + std::string(70000, 'a') + "\r\n\r\n", 431},
        {"too many fields",
         [] {
             std::string head = "GET / HTTP/1.1\r\nHost: a\r\n";
             for (int i = 0; i < 300; ++i) head += "A: b\r\n";
             return head + "\r\n";
         }(),
         431},
        {"a coding that we do not know",
         "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501},
        {"HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505},
        {"our own Via", "GET / HTTP/1.1\r\nHost: a\r\nVia: 1.1 other, 1.1 whogoes-0badcafe\r\n\r\n",
         508},
    };
    Rig rig;
    for (const auto& row : rows) {
        CAPTURE(row.given);
        Client client = rig.connect();
        const Message reply = client.ask(row.request);
        CHECK(reply.status() == row.status);
        CHECK(reply.field("Connection") == "close");
        CHECK(reply.body.find("\"source\":\"whogoes\"") != std::string::npos);
        if (row.status == 405) CHECK(reply.has("Allow"));
        client.wire.half_close();
        CHECK(client.ending() == End::closed);
        const boost::json::object event = rig.next_event();
        CHECK(text_at(event, "/event") == "proxy.error");
        CHECK(text_at(event, "/http/response/status_code") == std::to_string(row.status));
    }
    CHECK(rig.upstream.requests().empty());
    CHECK(rig.log_text().find("verysecret") == std::string::npos);
}

TEST_CASE("a request that never becomes whole is a 408; a connection without one just ends") {
    settings::Settings settings;
    settings.timeouts.header = 200ms;
    settings.timeouts.idle = 200ms;
    Rig rig({.settings = settings});

    SUBCASE("a head") {
        Client client = rig.connect();
        client.send("GET / HTTP/1.1\r\nHos");
        CHECK(client.reply().status() == 408);
    }
    SUBCASE("a body") {
        rig.upstream.will([](Talk& talk) { talk.wire.read_to_end(); });
        Client client = rig.connect();
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello");
        CHECK(client.reply("POST").status() == 408);
        rig.upstream.wait_for_ended(1);
    }
    SUBCASE("nothing") {
        Client client = rig.connect();
        CHECK(client.ending() == End::closed);
    }
    SUBCASE("nothing more") {
        rig.upstream.will_answer(ok());
        Client client = rig.connect();
        client.ask(get("/"));
        CHECK(client.ending() == End::closed);
    }
}

TEST_CASE("a connection that was used may be idle for longer than a head may take") {
    settings::Settings settings;
    settings.timeouts.header = 100ms;
    Rig rig({.settings = settings});
    rig.upstream.will_answer(ok("one"));
    rig.upstream.will_answer(ok("two"));
    Client client = rig.connect();
    CHECK(client.ask(get("/")).body == "one");
    Client slow = rig.connect();
    slow.send("GET");
    CHECK(slow.reply().status() == 408);  // meanwhile the header's time has passed
    CHECK(client.ask(get("/")).body == "two");
}

TEST_CASE("an absolute target that names this proxy is passed on in origin form") {
    Rig rig;
    rig.upstream.will_answer(ok("served"));
    const std::string authority = rig.endpoint().text();
    const Message reply =
        rig.ask("GET http://" + authority + "/a?b HTTP/1.1\r\nHost: " + authority + "\r\n\r\n");
    CHECK(reply.body == "served");
    CHECK(rig.upstream.request(0).start_line() == "GET /a?b HTTP/1.1");
}

TEST_CASE("empty lines before a request are skipped") {
    Rig rig;
    rig.upstream.will_answer(ok("served"));
    CHECK(rig.ask("\r\n\r\n" + get("/")).body == "served");
}

}  // namespace
}  // namespace whogoes::support
