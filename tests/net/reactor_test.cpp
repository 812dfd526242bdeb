#include "proxy/net/reactor.hpp"

#include "proxy/net/stream.hpp"
#include "tests/net/start.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

// Whose turn it is on a worker's loop.
namespace whogoes::net {
namespace {

using namespace std::chrono_literals;

Task<> go_on_without_end(Reactor& reactor, const bool& ended, int& turns) {
    while (!ended) {
        ++turns;
        co_await reactor.next_turn();
    }
}

Task<> hear(Stream& stream, std::string& heard) {
    char block[16];
    const IoResult read = co_await stream.read_some(block, sizeof block);
    heard.assign(block, read.octets);
}

TEST_CASE(
    "who waits for the next turn holds up neither sockets nor what was posted nor the clock") {
    Reactor reactor;
    Deadlines deadlines;
    int ends[2];
    ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends);
    Stream stream(reactor, deadlines, ends[0]);
    bool ended = false;
    int first = 0, second = 0, ticks = 0;
    std::string heard;
    reactor.post([&] {
        start(hear(stream, heard));
        start(go_on_without_end(reactor, ended, first));
        start(go_on_without_end(reactor, ended, second));
        CHECK(::send(ends[1], "hello", 5, 0) == 5);
    });
    reactor.run(1ms, [&] {
        // Both see the end in a turn of their own before the loop stops.
        ended = ++ticks >= 3;
        if (ticks >= 5) reactor.stop();
    });
    CHECK(heard == "hello");
    CHECK(first > 1);
    CHECK(first - second <= 1);
    CHECK(second - first <= 1);
    ::close(ends[1]);
}

struct Listening final : Ready {
    void ready(Readiness) override { ++told; }
    int told = 0;
};

TEST_CASE("who was forgotten hears nothing more of a socket that lives on as a copy") {
    Reactor reactor;
    int ends[2];
    ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends);
    const int copy = ::dup(ends[0]);
    const boost::intrusive_ptr<Listening> one(new Listening);
    REQUIRE(reactor.add(ends[0], *one));
    reactor.tell_when(*one, Readiness::readable);
    int ticks = 0;
    reactor.run(1ms, [&] {
        if (++ticks == 2) {
            reactor.forget_copy(ends[0], *one);
            ::close(ends[0]);
            one->told = 0;
            CHECK(::send(ends[1], "hello", 5, 0) == 5);
        }
        if (ticks == 5) reactor.stop();
    });
    CHECK(one->told == 0);
    ::close(copy);
    ::close(ends[1]);
}

TEST_CASE("who will hear of no octets for a while is told later of those that came") {
    Reactor reactor;
    int ends[2];
    ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends);
    const boost::intrusive_ptr<Listening> one(new Listening);
    REQUIRE(reactor.add(ends[0], *one));
    reactor.hear_octets(*one, false);
    int ticks = 0;
    reactor.run(1ms, [&] {
        ++ticks;
        if (ticks == 1) CHECK(::send(ends[1], "hello", 5, 0) == 5);
        if (ticks == 3) {
            CHECK(one->told == 0);
            reactor.hear_octets(*one, true);
            reactor.tell_when(*one, Readiness::readable);
        }
        if (ticks == 5) reactor.stop();
    });
    CHECK(one->told > 0);
    reactor.forget(*one);
    ::close(ends[0]);
    ::close(ends[1]);
}

TEST_CASE("nobody hears of room who has not asked for it, and whoever asks hears of it") {
    Reactor reactor;
    int ends[2];
    ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends);
    const boost::intrusive_ptr<Listening> one(new Listening);
    REQUIRE(reactor.add(ends[0], *one));
    reactor.tell_when(*one, Readiness::readable);
    int ticks = 0;
    reactor.run(1ms, [&] {
        char block[16];
        ++ticks;
        if (ticks == 1) CHECK(::send(ends[0], "hello", 5, 0) == 5);
        if (ticks == 3) CHECK(::recv(ends[1], block, sizeof block, 0) == 5);
        if (ticks == 5) {
            CHECK(one->told == 0);
            reactor.tell_when(*one, Readiness::writable);
        }
        if (ticks == 7) reactor.stop();
    });
    CHECK(one->told > 0);
    reactor.forget(*one);
    ::close(ends[0]);
    ::close(ends[1]);
}

TEST_CASE("a share is spent after so many octets, and then it is a new one") {
    Share share;
    CHECK_FALSE(share.spent(Share::most_octets - 1));
    CHECK(share.spent(1));
    CHECK_FALSE(share.spent(1));
    CHECK(share.spent(2 * Share::most_octets));
    CHECK_FALSE(share.spent(0));
}

}  // namespace
}  // namespace whogoes::net
