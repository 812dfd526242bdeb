#include "tests/support/rig.hpp"

#include <doctest/doctest.h>

#include <string>

// Request bodies that come later than their head, and upstreams that answer before they have read
// them.
namespace whogoes::support {
namespace {

std::string numbered(std::size_t octets) {
    std::string body(octets, '-');
    for (std::size_t i = 0; i + 8 < octets; i += 4096)
        body.replace(i, 8, std::to_string(10000000 + i));
    return body;
}

std::string post_head(std::size_t octets, const std::string& fields = "") {
    return "POST /upload HTTP/1.1\r\nHost: a\r\n" + fields +
           "Content-Length: " + std::to_string(octets) + "\r\n\r\n";
}

TEST_CASE("a body larger than every buffer arrives as it was sent, by length or in chunks") {
    Rig rig;
    rig.upstream.always([](Talk& talk) { talk.answer(ok("got it")); });
    const std::string body = numbered(8 * 1024 * 1024);
    Client client = rig.connect();

    CHECK(client.ask(post("/", body)).body == "got it");
    CHECK((rig.upstream.request(0).body == body));

    std::string chunks;
    for (std::size_t i = 0; i < body.size(); i += 99991) chunks += chunk(body.substr(i, 99991));
    chunks += chunk("");
    CHECK(client.ask("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks)
              .body == "got it");
    CHECK((rig.upstream.request(1).raw_body == chunks));
    CHECK(rig.upstream.connections() == 1);
}

TEST_CASE("a slow upstream slows the client down; the proxy holds a bounded part") {
    Rig rig;
    Gate read_on;
    rig.upstream.will([&](Talk& talk) {
        read_on.wait();
        talk.answer(ok());
    });
    Client client = rig.connect();
    constexpr std::size_t whole = 64 * 1024 * 1024;

    client.send(post_head(whole));
    rig.upstream.request(0);
    const std::size_t taken = client.wire.send_until_full('x');

    // Two socket buffers a connection, of which a kernel may let one grow to 32 MiB (tcp_rmem), and
    // what lies in a pipe.
    CHECK(taken < whole / 4 * 3);
    read_on.open();
    client.send(std::string(whole - taken, 'x'));
    CHECK(client.reply().status() == 200);
    CHECK(rig.upstream.request(0).body.size() == whole);
}

TEST_CASE("what follows a body is the next request") {
    Rig rig;
    rig.upstream.always([](Talk& talk) {
        talk.read_body();
        talk.send(ok(talk.request.target()));
    });
    Client client = rig.connect();

    client.send(post_head(10) + "01234");
    rig.upstream.request(0);
    client.send("56789" + get("/next"));

    CHECK(client.reply().body == "/upload");
    CHECK(client.reply().body == "/next");
    CHECK(rig.upstream.request(0).body == "0123456789");
}

TEST_CASE("a client that expects 100 Continue gets it from the upstream, then sends") {
    Rig rig;
    rig.upstream.will([](Talk& talk) {
        CHECK(talk.request.field("Expect") == "100-continue");
        talk.send("HTTP/1.1 100 Continue\r\n\r\n");
        talk.answer(ok("stored"));
    });
    Client client = rig.connect();

    client.send(post_head(4, "Expect: 100-continue\r\n"));
    CHECK(read_head(client.wire).status() == 100);
    client.send("body");

    CHECK(client.reply().body == "stored");
    CHECK(rig.upstream.request(0).body == "body");
}

TEST_CASE("a client that expects 100 Continue is refused without its body") {
    Rig rig;
    rig.upstream.will([](Talk& talk) {
        talk.send(answer(401, "WWW-Authenticate: Bearer\r\nConnection: close\r\n", "no"));
    });
    Client client = rig.connect();

    client.send(post_head(1000, "Expect: 100-continue\r\n"));
    const Message reply = client.reply("POST");

    CHECK(reply.status() == 401);
    CHECK(reply.field("Connection") == "close");
    client.wire.half_close();
    CHECK(client.ending() == End::closed);
}

TEST_CASE("interim answers reach a client of HTTP/1.1, and never one of HTTP/1.0") {
    for (const char* version : {"1.1", "1.0"}) {
        CAPTURE(version);
        Rig rig;
        rig.upstream.will_answer(
            "HTTP/1.1 102 Processing\r\n\r\n"
            "HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n" +
            ok("done"));
        Client client = rig.connect();

        const Message reply =
            client.ask("GET / HTTP/" + std::string(version) + "\r\nHost: a\r\n\r\n");

        CHECK(reply.body == "done");
        REQUIRE(client.interims.size() == (version == std::string("1.1") ? 2 : 0));
        if (!client.interims.empty())
            CHECK(client.interims[1].field("Link") == "</a>; rel=preload");
    }
}

TEST_CASE("an early 401 on a large upload is seen, and its record is about that request") {
    Rig rig;
    rig.upstream.will([](Talk& talk) {
        talk.send(answer(401, "", "who are you"));
        talk.wire.half_close();
        talk.wire.read_to_end();
    });
    Client client = rig.connect();

    client.send(post_head(512 * 1024 * 1024));
    rig.upstream.request(0);
    // The client goes on sending, as most do, and looks at the answer afterwards.
    for (int i = 0; i < 64; ++i)
        if (!client.wire.try_send(std::string(64 * 1024, 'x'))) break;
    const Message reply = client.reply("POST");

    CHECK(reply.status() == 401);
    CHECK(reply.body == "who are you");
    CHECK(reply.field("Connection") == "close");
    // What it still sends is taken in, so that no reset overtakes the answer.
    CHECK(client.wire.try_send(std::string(1024 * 1024, 'x')));
    client.wire.half_close();
    CHECK(client.ending() == End::closed);
    const boost::json::object event = rig.next_event();
    CHECK(text_at(event, "/url/path") == "/upload");
    CHECK(text_at(event, "/http/request/method") == "POST");
    CHECK(text_at(event, "/auth/cause") == "no-credentials");
}

TEST_CASE("an early answer does not end the upload of a client that can be heard out") {
    Rig rig;
    Gate answered;
    rig.upstream.will([&](Talk& talk) {
        talk.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk("early "));
        answered.open();
        talk.read_body();
        talk.send(chunk(talk.request.body) + chunk(""));
    });
    Client client = rig.connect();

    client.send(post_head(8) + "1234");
    answered.wait();
    const Message head = read_head(client.wire);
    client.send("5678");

    CHECK(head.status() == 200);
    CHECK(client.wire.read_through("0\r\n\r\n") == chunk("early ") + chunk("12345678") + chunk(""));
}

TEST_CASE("a client that leaves its upload during an early answer is not the upstream's fault") {
    Rig rig;
    rig.upstream.will([&](Talk& talk) {
        talk.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk("early"));
        talk.wire.read_to_end();
    });
    Client client = rig.connect();
    client.send(post_head(8) + "1234");
    read_head(client.wire);
    client.wire.close();
    rig.upstream.wait_for_ended(1);
    CHECK(rig.stop().empty());
}

TEST_CASE("a body that breaks its own framing is refused") {
    Rig rig;
    rig.upstream.always([](Talk& talk) { talk.answer(ok()); });

    SUBCASE("together with its head") {
        const Message reply =
            rig.ask("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloXX");
        CHECK(reply.status() == 400);
        CHECK(rig.upstream.requests().empty());
    }
    SUBCASE("later") {
        Client client = rig.connect();
        client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel");
        rig.upstream.will([](Talk& talk) {
            while (talk.wire.has_more()) talk.wire.read_some();
            talk.wire.close();
        });
        rig.upstream.request(0);
        client.send("loXX");
        CHECK(client.reply("POST").status() == 400);
    }
}

TEST_CASE("a form that comes in two pieces is looked at whole") {
    Rig rig;
    rig.upstream.will_answer(answer(401));
    Client client = rig.connect();
    const std::string form = "access_token=notatokenbutlongenough&a=b";

    client.send(post_head(form.size(), "Content-Type: application/x-www-form-urlencoded\r\n") +
                form.substr(0, 20));
    rig.upstream.request(0);
    client.send(form.substr(20));

    CHECK(client.reply("POST").status() == 401);
    const boost::json::object event = rig.next_event();
    CHECK(text_at(event, "/auth/source") == "form");
    CHECK(rig.log_text().find("notatoken") == std::string::npos);
}

}  // namespace
}  // namespace whogoes::support
