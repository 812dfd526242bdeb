#include "tests/support/rig.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

// What a worker does beside single exchanges: limits, reloads, draining, and several at once.
namespace whogoes::support {
namespace {

using namespace std::chrono_literals;

TEST_CASE("at the connection limit accepting pauses; it goes on when one ends") {
    RigOptions options;
    options.settings.connections = 2;
    Rig rig(options);
    rig.upstream.always([](Talk& talk) { talk.answer(ok("served")); });
    Client first = rig.connect();
    Client second = rig.connect();
    CHECK(first.ask(get("/")).body == "served");
    CHECK(second.ask(get("/")).body == "served");

    Client third = rig.connect();  // the kernel's queue takes it
    third.send(get("/"));
    CHECK(first.ask(get("/")).body == "served");
    CHECK(rig.counted(&net::Counters::client_connections_total) == 2);
    CHECK(rig.counted(&net::Counters::accept_pauses) == 1);

    second.wire.close();
    CHECK(third.reply().body == "served");
}

TEST_CASE("the connection limit holds over all listeners, and each has its turn") {
    RigOptions options;
    options.settings.connections = 3;
    options.listeners = 2;
    Rig rig(options);
    rig.upstream.always([](Talk& talk) { talk.answer(ok("served")); });
    const auto active = [&] { return rig.counted(&net::Counters::client_connections_active); };
    const auto total = [&] { return rig.counted(&net::Counters::client_connections_total); };
    std::vector<Client> in;
    for (const std::size_t listener : {0, 1, 0}) {
        in.push_back(rig.connect(listener));
        CHECK(in.back().ask(get("/")).body == "served");
    }
    std::vector<Client> at_the_door[2];
    for (int i = 0; i < 5; ++i) {
        for (const std::size_t listener : {0, 1}) {
            at_the_door[listener].push_back(rig.connect(listener));
            at_the_door[listener].back().send(get("/"));
        }
    }
    CHECK(in[2].ask(get("/")).body == "served");
    CHECK(total() == 3);

    in[0].wire.close();
    CHECK(eventually([&] { return total() == 4; }));
    CHECK(in[2].ask(get("/")).body == "served");  // a round trip later it is still one
    CHECK(total() == 4);
    CHECK(active() == 3);
    in[1].wire.close();
    CHECK(at_the_door[0][0].reply().body == "served");
    CHECK(at_the_door[1][0].reply().body == "served");
    CHECK(in[2].ask(get("/")).body == "served");
    CHECK(total() == 5);
    CHECK(active() == 3);
}

TEST_CASE("who waits at the door when draining begins is served, and within the limit") {
    RigOptions options;
    options.settings.connections = 1;
    options.listeners = 2;
    Rig rig(options);
    std::atomic<std::uint64_t> most{0};
    rig.upstream.always([&](Talk& talk) {
        most = std::max(most.load(), rig.counted(&net::Counters::client_connections_active));
        talk.answer(ok("served"));
    });
    Client in = rig.connect();
    CHECK(in.ask(get("/")).body == "served");
    std::vector<Client> at_the_door;
    for (const std::size_t listener : {0, 1, 0, 1}) {
        at_the_door.push_back(rig.connect(listener));
        at_the_door.back().send(get("/"));
    }
    rig.drain();
    CHECK(in.ending() == End::closed);
    for (Client& client : at_the_door) {
        CHECK(client.reply().body == "served");
        CHECK(client.ending() == End::closed);
        client.wire.close();
    }
    CHECK(most == 1);
}

TEST_CASE("a reload changes the next exchange, and the one under way ends as it began") {
    Rig rig;
    Gate reloaded;
    rig.upstream.will([&](Talk& talk) {
        reloaded.wait();
        talk.answer(answer(401));
    });
    rig.upstream.will_answer(answer(401));
    Client client = rig.connect();
    client.send(get("/before"));
    rig.upstream.request(0);

    rig.reload([](settings::Settings& settings) {
        settings.treatment.remedies.offers = {offer("Bearer realm=\"api\"")};
    });
    rig.settle();
    reloaded.open();

    CHECK_FALSE(client.reply().has("WWW-Authenticate"));
    CHECK(client.ask(get("/after")).has("WWW-Authenticate"));
}

TEST_CASE("draining ends idle connections, finishes what is in flight, and says so") {
    Rig rig;
    Gate drained;
    rig.upstream.will_answer(ok());
    rig.upstream.will([&](Talk& talk) {
        drained.wait();
        talk.answer(ok("in flight"));
    });
    rig.upstream.will_answer(ok("late"));
    Client idle = rig.connect();
    idle.ask(get("/"));
    Client untouched = rig.connect();
    Client late = rig.connect();
    Client busy = rig.connect();
    busy.send(get("/slow"));
    rig.upstream.request(1);

    rig.drain();

    CHECK(idle.ending() == End::closed);
    late.send(get("/late"));  // it was let in: what it says is heard
    CHECK(late.reply().body == "late");
    CHECK(untouched.ending() == End::closed);
    drained.open();
    const Message reply = busy.reply();
    CHECK(reply.body == "in flight");
    CHECK(reply.field("Connection") == "close");
    CHECK(busy.ending() == End::closed);
    CHECK_THROWS_AS(rig.connect(), WireError);
}

TEST_CASE("a request that was sent before draining began is answered") {
    Rig rig;
    rig.upstream.always([](Talk& talk) { talk.answer(ok("answered")); });
    Client client = rig.connect();
    client.ask(get("/"));
    for (int i = 0; i < 20; ++i) client.send(get("/"));
    rig.drain();
    // Whichever of them the worker had when it heard of draining: the last one that it answers says
    // that the others will not be, or there are no others.
    for (int i = 0; i < 20; ++i) {
        const Message reply = client.reply();
        CHECK(reply.body == "answered");
        if (reply.field("Connection") == "close") break;
    }
}

TEST_CASE("draining leaves tunnels until they are told to end") {
    Rig rig;
    rig.upstream.will([](Talk& talk) {
        talk.send("HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
        while (talk.wire.has_more()) talk.send(talk.wire.read_some());
    });
    Client client = rig.connect();
    client.ask(get("/", "Connection: Upgrade\r\nUpgrade: x\r\n"));
    rig.drain();
    client.send("echo");
    CHECK(client.wire.read_exactly(4) == "echo");
    rig.end_tunnels();
    CHECK(client.ending() == End::closed);
    rig.upstream.wait_for_ended(1);
}

TEST_CASE("a tunnel that is granted once tunnels were told to end, ends at once") {
    const std::string upgrade = "Connection: Upgrade\r\nUpgrade: x\r\n";
    const std::string requests[] = {
        get("/", upgrade),
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n" + upgrade + "\r\n01234"};
    for (const std::string& request : requests) {
        CAPTURE(request);
        Rig rig;
        Gate ended;
        rig.upstream.will([&](Talk& talk) {
            ended.wait();
            talk.send("HTTP/1.1 101 Switching\r\n" + upgrade + "\r\n");
            talk.wire.read_to_end();
        });
        rig.settle();
        Client idle = rig.connect(), client = rig.connect();
        idle.ask(get(settle_target));
        client.send(request);
        rig.upstream.request(0);
        rig.drain();
        rig.end_tunnels();
        CHECK(idle.ending() == End::closed);  // so it has been told
        ended.open();
        CHECK(client.reply().status() == 101);
        client.wire.read_to_end();
        rig.upstream.wait_for_ended(1);
    }
}

TEST_CASE("an idle upstream connection is given up after its time") {
    settings::Settings settings;
    settings.timeouts.upstream_idle = 200ms;
    Rig rig({.settings = settings});
    rig.upstream.will_answer(ok());
    Client client = rig.connect();
    client.ask(get("/"));
    rig.upstream.wait_for_ended(1);
    CHECK(eventually([&] { return rig.counted(&net::Counters::upstream_connections_idle) == 0; }));
}

TEST_CASE("several workers serve many connections; each gets its own answers") {
    RigOptions options;
    options.workers = 3;
    options.offers = {"Bearer realm=\"api\""};
    Rig rig(options);
    rig.upstream.always([](Talk& talk) {
        talk.read_body();
        const std::string text = talk.request.target() + talk.request.body;
        talk.send(text.find("refuse") == std::string::npos ? ok(text) : answer(401, "", text));
    });
    constexpr int clients = 12, requests = 25;
    std::atomic<int> wrong{0}, refused{0};
    std::vector<std::thread> threads;
    for (int c = 0; c < clients; ++c) {
        threads.emplace_back([&, c] {
            Client client = rig.connect();
            for (int i = 0; i < requests; ++i) {
                const bool refuse = i % 5 == 0;
                const std::string target =
                    "/c" + std::to_string(c) + "/r" + std::to_string(i) + (refuse ? "/refuse" : "");
                const Message reply = client.ask(post(
                    target, "body", "Authorization: Bearer token" + std::to_string(c) + "\r\n"));
                if (reply.body != target + "body") ++wrong;
                if (refuse && reply.has("WWW-Authenticate")) ++refused;
            }
        });
    }
    std::thread reloads([&] {
        for (int i = 0; i < 20; ++i) rig.reload([](settings::Settings&) {});
    });
    for (std::thread& thread : threads) thread.join();
    reloads.join();
    CHECK(wrong == 0);
    CHECK(refused == clients * requests / 5);
    CHECK(rig.upstream.requests().size() == clients * requests);
    CHECK(rig.stop().size() == clients * requests / 5);
}

TEST_CASE("workers share a unix listener") {
    RigOptions options;
    options.workers = 2;
    options.unix_listener = true;
    Rig rig(options);
    rig.upstream.always([](Talk& talk) { talk.answer(ok("served")); });
    for (int i = 0; i < 20; ++i) CHECK(rig.get("/").body == "served");
}

}  // namespace
}  // namespace whogoes::support
