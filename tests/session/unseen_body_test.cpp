#include "tests/support/rig.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

// Large plain bodies that nobody here looks at go from socket to socket inside the kernel. To both
// sides that is no different from any other body.
namespace whogoes::support {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t large = std::size_t{8} * 1024 * 1024;
constexpr std::size_t endless = std::size_t{64} * 1024 * 1024;

std::string in_lines(std::size_t octets) {
    std::string body;
    body.reserve(octets + 32);
    for (std::size_t line = 0; body.size() < octets; ++line) body += std::to_string(line) + '\n';
    body.resize(octets);
    return body;
}
const std::string much = in_lines(large);

std::string answer_head(std::size_t octets) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(octets) + "\r\n\r\n";
}
std::string upload_head(std::size_t octets, std::string_view fields = "") {
    return "POST /up HTTP/1.1\r\nHost: a\r\n" + std::string(fields) +
           "Content-Length: " + std::to_string(octets) + "\r\n\r\n";
}
std::uint64_t unseen(const Rig& rig) { return rig.counted(&net::Counters::bodies_unseen); }

TEST_CASE("a large body passes unseen in either direction, and both connections go on") {
    for (const bool unix_sockets : {false, true}) {
        CAPTURE(unix_sockets);
        Rig rig({.unix_listener = unix_sockets, .upstream_is_unix = unix_sockets});
        rig.upstream.will_answer(ok(much));
        rig.upstream.will_answer(ok("got it"));
        rig.upstream.will_answer(ok("next"));
        Client client = rig.connect();

        CHECK((client.ask(get("/down")).body == much));
        CHECK(unseen(rig) == 1);
        // The next request lies behind the body by then.
        client.send(post("/up", much) + get("/next"));
        CHECK(client.reply().body == "got it");
        CHECK((rig.upstream.request(1).body == much));
        CHECK(unseen(rig) == 2);
        CHECK(client.reply().body == "next");
        CHECK(rig.upstream.connections() == 1);
    }
}

TEST_CASE("an upload's connection goes on, however early its answer comes") {
    Rig rig;
    rig.upstream.always([](Talk& talk) { talk.answer(ok()); });
    Client client = rig.connect();
    // Each body ends where its worker's turn does.
    for (int i = 0; i < 20; ++i) CHECK_FALSE(client.ask(post("/up", much)).has("Connection"));
    CHECK(rig.upstream.connections() == 1);
    CHECK(unseen(rig) == 20);
}

TEST_CASE("a body goes both ways at once") {
    Rig rig;
    rig.upstream.will([&](Talk& talk) {
        talk.send(answer_head(large) + much.substr(0, large / 2));
        talk.read_body();
        talk.send(much.substr(large / 2));
    });
    Client client = rig.connect();
    client.send(upload_head(large) + much.substr(0, 10));
    read_head(client.wire);
    CHECK((client.wire.read_exactly(large / 2) == much.substr(0, large / 2)));
    client.send(much.substr(10));
    CHECK((client.wire.read_exactly(large / 2) == much.substr(large / 2)));
    CHECK((rig.upstream.request(0).body == much));
}

TEST_CASE("what somebody looks at, follows or keeps is seen") {
    const std::string words = "\"" + std::string(600 * 1024, 'w') + "\"";
    SUBCASE("chunks") {
        Rig rig;
        rig.upstream.will_answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" +
                                 chunk(much) + chunk(""));
        CHECK((rig.get("/").body == much));
        CHECK(unseen(rig) == 0);
    }
    SUBCASE("TLS") {
        Rig rig({.tls = true});
        rig.upstream.will_answer(ok(much));
        CHECK((rig.get("/").body == much));
        CHECK(unseen(rig) == 0);
    }
    SUBCASE("a little") {
        Rig rig;
        rig.upstream.will_answer(ok(std::string(200 * 1024, 'l')));
        CHECK(rig.get("/").body.size() == 200 * 1024);
        CHECK(unseen(rig) == 0);
    }
    SUBCASE("a refusal, by its first 64 KiB") {
        Rig rig;
        rig.upstream.will([&](Talk& talk) {
            talk.answer(
                "HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\n"
                "Content-Length: " +
                std::to_string(words.size()) + "\r\n\r\n");
            talk.send(words);
        });
        CHECK((rig.get("/").body == words));
        CHECK(text_at(rig.next_event(), "/auth/cause") == "no-credentials");
    }
}

TEST_CASE("an upload of text shows its beginning") {
    Rig rig;
    rig.upstream.will(
        [&](Talk& talk) { talk.answer("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"); });
    const std::string form = "access_token=abcdefghijklmnop&filling=" + std::string(large, 'f');
    Client client = rig.connect();
    client.send(upload_head(form.size(), "Content-Type: application/x-www-form-urlencoded\r\n"));
    rig.upstream.request(0);
    client.send(form);
    CHECK(client.reply().status() == 401);
    CHECK((rig.upstream.request(0).body == form));
    CHECK(unseen(rig) == 1);
    CHECK(text_at(rig.next_event(), "/auth/cause") != "no-credentials");
}

TEST_CASE("a client that stops reading stops the API, and what waits for it is bounded") {
    Rig rig;
    std::size_t taken = 0;
    Gate measured;
    rig.upstream.will([&](Talk& talk) {
        talk.answer(answer_head(endless));
        taken = talk.wire.send_until_full('x');
        measured.open();
        talk.send(std::string(endless - taken, 'x'));
    });
    Client client = rig.connect();
    client.send(get("/"));
    measured.wait();
    CHECK(taken < endless / 4 * 3);
    rig.settle();
    CHECK(client.reply().body.size() == endless);
    CHECK(unseen(rig) == 1);
}

TEST_CASE("a client that takes nothing for too long is cut off, and so is its answer") {
    settings::Settings settings;
    settings.timeouts.idle = 300ms;
    Rig rig({.settings = settings});
    rig.upstream.will([&](Talk& talk) {
        talk.answer(answer_head(endless));
        talk.wire.try_send(std::string(endless, 'x'));
    });
    Client client = rig.connect();
    client.send(get("/"));
    rig.upstream.wait_for_ended(1);
    client.wire.read_to_end();
    CHECK(client.wire.end() == End::reset);
    CHECK(unseen(rig) == 1);
}

TEST_CASE("a client that leaves in the middle ends its answer upstream") {
    Rig rig;
    rig.upstream.will([&](Talk& talk) {
        talk.answer(answer_head(endless));
        talk.wire.try_send(std::string(endless, 'x'));
    });
    Client client = rig.connect();
    client.send(get("/"));
    client.wire.read_exactly(large);
    client.wire.close();
    rig.upstream.wait_for_ended(1);
    CHECK(rig.stop().empty());
}

TEST_CASE("an API that breaks off in the middle is told of, and the answer never taken for whole") {
    for (const bool resets : {false, true}) {
        CAPTURE(resets);
        Rig rig;
        Gate read;
        rig.upstream.will([&](Talk& talk) {
            talk.answer(answer_head(endless));
            talk.send(much);
            if (resets) {
                read.wait();
                talk.wire.reset();
            } else {
                talk.wire.close();
            }
        });
        Client client = rig.connect();
        client.send(get("/"));
        read_head(client.wire);
        if (resets) CHECK((client.wire.read_exactly(large) == much));
        read.open();
        CHECK(much.starts_with(client.wire.read_to_end()));  // a reset overtakes what was sent
        CHECK(client.wire.end() == End::reset);
        const std::string words = text_at(rig.next_event(), "/msg");
        CHECK(words.ends_with(resets ? "(Connection reset by peer)" : "(connection closed)"));
        CHECK(unseen(rig) == 1);
    }
}

TEST_CASE("an API that falls silent in the middle is not waited for without end") {
    settings::Settings settings;
    settings.timeouts.response = 300ms;
    Rig rig({.settings = settings});
    rig.upstream.will([&](Talk& talk) {
        talk.answer(answer_head(endless));
        talk.send(much);
        talk.wire.read_to_end();
    });
    Client client = rig.connect();
    client.send(get("/"));
    read_head(client.wire);
    CHECK(client.wire.read_to_end().size() == large);
    CHECK(client.wire.end() == End::reset);
}

TEST_CASE("an upload that the API takes no more of ends there, and its early answer is passed on") {
    Rig rig;
    rig.upstream.will([&](Talk& talk) {
        talk.wire.read_exactly(large);
        talk.send(
            "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        talk.wire.read_to_end();
    });
    Client client = rig.connect();
    client.send(upload_head(endless));
    client.send(much);
    CHECK(client.reply().status() == 413);
    CHECK(unseen(rig) == 1);
}

TEST_CASE("a client that breaks its upload off ends it upstream") {
    for (const bool resets : {false, true}) {
        CAPTURE(resets);
        Rig rig;
        rig.upstream.will([&](Talk& talk) { talk.wire.read_to_end(); });
        Client client = rig.connect();
        client.send(upload_head(endless));
        client.send(much);
        rig.upstream.request(0);
        if (resets)
            client.wire.reset();
        else
            client.wire.close();
        rig.upstream.wait_for_ended(1);
        CHECK(unseen(rig) == 1);
    }
}

TEST_CASE("a client that falls silent in its upload is told so") {
    settings::Settings settings;
    settings.timeouts.body_set = 300ms;
    Rig rig({.settings = settings});
    rig.upstream.will([&](Talk& talk) { talk.wire.read_to_end(); });
    Client client = rig.connect();
    client.send(upload_head(endless));
    client.send(much);
    CHECK(client.reply().status() == 408);
}

}  // namespace
}  // namespace whogoes::support
