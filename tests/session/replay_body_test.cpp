#include "refresh_rig.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

// Request bodies and the replay: kept while they stream, up to `refresh.max_body`.
namespace whogoes::support {
namespace {

const std::string put_head = "PUT /items HTTP/1.1\r\nHost: localhost\r\n" + stale;

std::string with_length(std::size_t octets, const std::string& fields = "") {
    return put_head + fields + "Content-Length: " + std::to_string(octets) + "\r\n\r\n";
}

// Reads the whole request first, as most APIs do.
std::size_t attempts(RefreshRig& refresh) { return refresh.api().requests().size(); }

RefreshRig small_rig() {
    return RefreshRig([](RigOptions&, settings::RefreshSettings& block) { block.max_body = 1000; });
}

TEST_CASE("a body that came with its head is sent again") {
    RefreshRig refresh;
    Client client = refresh.rig().connect();
    CHECK(client.ask(with_length(5) + "hello").body == "in hello");
    CHECK(refresh.api().requests()[1].body == "hello");
    CHECK(client.ask(get("/next", stale)).status() == 200);
}

TEST_CASE("a body that came later is sent again, octet for octet") {
    RefreshRig refresh;
    const std::string body(300 * 1024, 'b');
    Client client = refresh.rig().connect();
    client.send(with_length(body.size()) + body.substr(0, 10));
    refresh.rig().settle();
    client.send(body.substr(10));
    CHECK(client.reply().body == "in " + body);
    REQUIRE(attempts(refresh) == 2);
    CHECK(refresh.api().requests()[1].body == body);
    CHECK(client.ask(get("/next", stale)).status() == 200);
}

TEST_CASE("chunks are sent again as they came") {
    RefreshRig refresh;
    Client client = refresh.rig().connect();
    client.send(put_head + "Transfer-Encoding: chunked\r\n\r\n" + chunk("he"));
    refresh.rig().settle();
    client.send(chunk("llo") + chunk(""));
    CHECK(client.reply().body == "in hello");
    const std::vector<Message> sent = refresh.api().requests();
    REQUIRE(sent.size() == 2);
    CHECK(sent[1].raw_body == sent[0].raw_body);
    CHECK(client.ask(get("/next", stale)).status() == 200);
}

TEST_CASE("an answer that came before the body's end: the rest is read, and the whole is sent") {
    const std::string body(200 * 1024, 'b');
    for (const bool drops_connection : {false, true}) {
        CAPTURE(drops_connection);
        RefreshRig refresh;
        refresh.api().will([&](Talk& talk) {
            talk.send(answer(401, drops_connection ? "Connection: close\r\n" : "", "early"));
            if (drops_connection) talk.wire.close();
        });
        refresh.api().forgive("");
        Client client = refresh.rig().connect();
        client.send(with_length(body.size()) + body.substr(0, 10));
        refresh.rig().settle();
        client.send(body.substr(10));
        CHECK(client.reply().body == "in " + body);
        const Message second = refresh.api().request(1);
        CHECK(field_of(second) == "Bearer fresh-1");
        CHECK(client.ask(get("/next", stale)).status() == 200);
    }
}

TEST_CASE("a larger body is forwarded once, untouched, and not replayed") {
    const std::string body(5000, 'b');
    SUBCASE("said in its head, and there with it") {
        RefreshRig refresh = small_rig();
        CHECK(refresh.rig().ask(with_length(body.size()) + body).status() == 401);
        CHECK(attempts(refresh) == 1);
        CHECK(refresh.api().requests()[0].body == body);
        CHECK(text_at(refresh.exchange_event(), "/auth/refresh") == "skipped:body");
    }
    SUBCASE("said in its head, and later") {
        RefreshRig refresh = small_rig();
        Client client = refresh.rig().connect();
        client.send(with_length(body.size()));
        refresh.rig().settle();
        client.send(body);
        CHECK(client.reply().status() == 401);
        CHECK(attempts(refresh) == 1);
        CHECK(refresh.api().requests()[0].body == body);
        CHECK(text_at(refresh.exchange_event(), "/auth/refresh") == "skipped:body");
    }
    SUBCASE("in chunks that pass the limit") {
        RefreshRig refresh = small_rig();
        Client client = refresh.rig().connect();
        client.send(put_head + "Transfer-Encoding: chunked\r\n\r\n" + chunk("a"));
        refresh.rig().settle();
        client.send(chunk(body) + chunk(""));
        CHECK(client.reply().status() == 401);
        CHECK(attempts(refresh) == 1);
        CHECK(refresh.api().requests()[0].body == "a" + body);
        CHECK(text_at(refresh.exchange_event(), "/auth/refresh") == "skipped:body");
        CHECK(client.ask(get("/next", stale)).status() == 200);
    }
    SUBCASE("in chunks that pass the limit behind an early answer") {
        RefreshRig refresh = small_rig();
        refresh.api().will([&](Talk& talk) { talk.send(answer(401, "", "early")); });
        refresh.api().forgive("");
        Client client = refresh.rig().connect();
        client.send(put_head + "Transfer-Encoding: chunked\r\n\r\n" + chunk("a"));
        refresh.rig().settle();
        client.send(chunk(body));
        const Message reply = client.reply();
        CHECK(reply.body == "early");
        CHECK(reply.field("Connection") == "close");
        CHECK(text_at(refresh.exchange_event(), "/auth/refresh") == "skipped:body");
    }
}

TEST_CASE("trailers, and a client that asked first, are not replayed") {
    SUBCASE("trailers") {
        RefreshRig refresh;
        Client client = refresh.rig().connect();
        client.send(put_head + "Transfer-Encoding: chunked\r\n\r\n" + chunk("a"));
        refresh.rig().settle();
        client.send("0\r\nX-Sum: 1\r\n\r\n");
        CHECK(client.reply().status() == 401);
        CHECK(attempts(refresh) == 1);
    }
    SUBCASE("Expect: 100-continue") {
        RefreshRig refresh;
        refresh.api().will([](Talk& talk) {
            talk.send("HTTP/1.1 100 Continue\r\n\r\n");
            talk.answer(answer(401, "", "no"));
        });
        Client client = refresh.rig().connect();
        client.send(with_length(1, "Expect: 100-continue\r\n"));
        client.wire.read_through("100 Continue\r\n\r\n");
        client.send("x");
        CHECK(client.reply().status() == 401);
        CHECK(attempts(refresh) == 1);
        CHECK(text_at(refresh.exchange_event(), "/auth/refresh") == "skipped:body");
    }
}

TEST_CASE("a client that leaves its body unfinished gets no replay") {
    RefreshRig refresh;
    refresh.api().will([&](Talk& talk) { talk.send(answer(401, "", "early")); });
    refresh.api().forgive("");
    Client client = refresh.rig().connect();
    client.send(with_length(100) + "half");
    refresh.api().request(0);
    client.wire.close();
    refresh.rig().settle();
    CHECK(refresh.calls == 0);
}

TEST_CASE("an upgrade is not replayed") {
    RefreshRig refresh;
    CHECK(refresh.rig()
              .get("/ws", stale + "Connection: Upgrade\r\nUpgrade: websocket\r\n")
              .status() == 401);
    CHECK(attempts(refresh) == 1);
    CHECK(text_at(refresh.exchange_event(), "/auth/refresh") == "skipped:upgrade");
}

}  // namespace
}  // namespace whogoes::support
