#include "proxy/net/listener.hpp"
#include "tests/support/rig.hpp"
#include "tests/support/rig_certificates.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

// Whether the other side is still there: before a request goes out, while an answer is awaited, and
// where there are several to choose from.
namespace whogoes::support {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a request that must not be repeated goes out on no connection that has ended") {
    const std::string body(256 * 1024, 'b');  // more than comes with its head
    const std::string unsafe[] = {post("/pay", "once"), post("/pay", body),
                                  "DELETE /pay HTTP/1.1\r\nHost: a\r\n\r\n"};
    const bool tls_upstream[] = {false, true};
    for (const bool tls : tls_upstream) {
        for (const std::string& request : unsafe) {
            CAPTURE(tls);
            CAPTURE(request.substr(0, 6));
            RigOptions options;
            options.settings.timeouts.upstream_idle_unsafe = 1h;
            options.settings.upstream_tls.verify = false;
            if (tls) options.upstream.tls = certificates().upstream.get();
            Rig rig(options);
            Gate both, second, end, ended, busy, free;
            rig.upstream.will([&](Talk& talk) {
                both.wait();
                talk.answer(ok("first"));
                end.wait();
                talk.wire.close();
                ended.open();
            });
            rig.upstream.will([&](Talk& talk) {
                second.wait();
                talk.answer(ok("second"));
            });
            Client client = rig.connect(), other = rig.connect();
            client.send(get("/first"));
            rig.upstream.request(0);
            other.send(get("/second"));
            rig.upstream.request(1);
            both.open();
            CHECK(client.reply().body == "first");
            second.open();
            CHECK(other.reply().body == "second");

            // The worker is busy while the request comes and, behind it, the end of the connection
            // that is next in the pool.
            const auto last = [](Talk& talk) { talk.answer(ok("later", "Connection: close\r\n")); };
            rig.upstream.always(last);
            rig.hold_clock(busy, free);
            other.send(get("/busy"));
            busy.wait();
            std::thread sender([&] { client.send(request); });
            if (request.size() < body.size()) sender.join();
            end.open();
            ended.wait();
            free.open();
            CHECK(client.reply().body == "later");
            if (sender.joinable()) sender.join();
            CHECK(other.reply().body == "later");
            CHECK(rig.upstream.connections() == 3);
            CHECK(rig.upstream.requests().size() == 4);
        }
    }
}

TEST_CASE("a client that has ended its writing side gets its answer where that is asked for") {
    const std::string large(256 * 1024, 'b');
    const struct {
        const char* given;
        std::string requests, first, second;
    } rows[] = {
        {"after a request", get("/"), "/ 0", ""},
        {"after a body", post("/", large), "/ 262144", ""},
        {"after two requests", get("/") + get("/second"), "/ 0", "/second 0"},
    };
    for (const bool tls : {false, true}) {
        for (const auto& row : rows) {
            CAPTURE(tls);
            CAPTURE(row.given);
            RigOptions options;
            options.settings.half_close = settings::HalfClose::finish;
            options.tls = tls;
            Rig rig(options);
            Gate ended;
            rig.upstream.always([&](Talk& talk) {
                talk.read_body();
                ended.wait();
                talk.send(
                    ok(talk.request.target() + " " + std::to_string(talk.request.body.size())));
            });
            Client client = rig.connect();
            client.send(row.requests);
            client.wire.half_close();
            rig.upstream.request(0);
            rig.settle();
            ended.open();
            CHECK(client.reply().body == row.first);
            if (!row.second.empty()) CHECK(client.reply().body == row.second);
            CHECK(client.ending() == End::closed);
        }
    }
}

TEST_CASE("a client that has reset its connection is gone, whatever the end of one side means") {
    RigOptions options;
    options.settings.half_close = settings::HalfClose::finish;
    Rig rig(options);
    rig.upstream.will([](Talk& talk) { talk.wire.read_to_end(); });
    Client client = rig.connect();
    client.send(get("/slow"));
    rig.upstream.request(0);
    client.wire.reset();
    rig.upstream.wait_for_ended(1);
}

TEST_CASE("one address of two that does not answer keeps nobody waiting for its timeout") {
    // One place in its queue, and this fills it: the kernel drops what comes after.
    FakeUpstream dead({.backlog = 0, .accepts = false});
    const Wire first = Wire::to(dead.endpoint());
    RigOptions options;
    options.settings.timeouts.connect = 1h;
    options.tried_first = {dead.endpoint()};
    Rig rig(options);
    rig.upstream.always([](Talk& talk) { talk.answer(ok("alive", "Connection: close\r\n")); });
    for (int i = 0; i < 3; ++i) CHECK(rig.get("/").body == "alive");
    CHECK(rig.upstream.connections() == 3);
}

TEST_CASE("of several addresses the failure that got furthest is told") {
    // Bound, so that nobody else takes it, and never listening.
    const int bound = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    net::Endpoint refusing = net::literal_endpoints("127.0.0.1", 0).front();
    ::bind(bound, reinterpret_cast<const sockaddr*>(&refusing.address), refusing.length);
    refusing = net::bound_endpoint(bound);
    RigOptions options;
    options.tried_first = {refusing, refusing};
    options.settings.timeouts.connect = 300ms;
    options.upstream = {.backlog = 0, .accepts = false};
    Rig rig(options);
    const Wire first = Wire::to(rig.upstream.endpoint());
    const Message reply = rig.get("/");
    CHECK(reply.status() == 502);
    CHECK(reply.body.find("connection refused") != std::string::npos);
    ::close(bound);
}

// Whether the kernel asks now and then if this socket's peer is still there. In a test the proxy's
// sockets are this process's own.
bool is_asked(const Wire& peer) {
    sockaddr_storage wanted{};
    socklen_t length = sizeof wanted;
    ::getsockname(peer.native(), reinterpret_cast<sockaddr*>(&wanted), &length);
    for (int socket = 0; socket < 1024; ++socket) {
        sockaddr_storage found{};
        socklen_t found_length = sizeof found;
        if (::getpeername(socket, reinterpret_cast<sockaddr*>(&found), &found_length) != 0)
            continue;
        if (found_length != length || std::memcmp(&found, &wanted, length) != 0) continue;
        int asked = 0;
        socklen_t size = sizeof asked;
        ::getsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &asked, &size);
        return asked != 0;
    }
    return false;
}

TEST_CASE("peers of tunnels and event streams are asked whether they are still there") {
    const std::string upgrade = "Connection: Upgrade\r\nUpgrade: x\r\n";
    const struct {
        std::string given, fields, answer;
        bool asked;
    } rows[] = {
        {"a tunnel", upgrade, "HTTP/1.1 101 Switching\r\n" + upgrade + "\r\n", true},
        {"events", "", "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n", true},
        {"any other answer", "", "HTTP/1.1 200 OK\r\n\r\n", false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        Rig rig;
        Gate seen;
        bool upstream_asked = false;
        rig.upstream.will([&](Talk& talk) {
            talk.send(row.answer + "begin");
            seen.wait();
            upstream_asked = is_asked(talk.wire);
            talk.wire.close();
        });
        Client client = rig.connect();
        client.send(get("/", row.fields));
        read_head(client.wire);
        CHECK(client.wire.read_exactly(5) == "begin");
        rig.settle();
        CHECK(is_asked(client.wire) == row.asked);
        seen.open();
        client.wire.read_to_end();
        rig.upstream.stop();
        CHECK(upstream_asked == row.asked);
    }
}

}  // namespace
}  // namespace whogoes::support
