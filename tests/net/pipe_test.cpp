#include "proxy/net/pipe.hpp"

#include "proxy/net/stream.hpp"
#include "tests/net/start.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <functional>
#include <netinet/in.h>
#include <string>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>
#include <vector>

// Octets from one stream to another through a pipe, on a loop that the test turns by hand.
namespace whogoes::net {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t all = std::size_t{64} * 1024 * 1024;

struct Passage {
    Passage() {
        std::signal(SIGPIPE, SIG_IGN);  // as the program does: splice(2) knows no MSG_NOSIGNAL
        from = connected(sender);
        to = connected(receiver);
    }
    ~Passage() {
        for (int* end : {&sender, &receiver}) close_end(*end);
    }
    Stream connected(int& other) {
        int ends[2];
        ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends);
        other = ends[1];
        return Stream(reactor, deadlines, ends[0]);
    }
    static void close_end(int& end) {
        if (end >= 0) ::close(std::exchange(end, -1));
    }
    void tell(std::string_view bytes) const {
        CHECK(::send(sender, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
    }
    std::string heard() const {
        std::string bytes;
        char block[4096];
        for (ssize_t got = 0; (got = ::recv(receiver, block, sizeof block, 0)) > 0;)
            bytes.append(block, static_cast<std::size_t>(got));
        return bytes;
    }
    // Until neither side of the passage takes more.
    std::size_t tell_all_it_takes() const {
        const std::string block(4096, 'x');
        std::size_t told = 0;
        for (ssize_t sent = 0; (sent = ::send(sender, block.data(), block.size(), 0)) > 0;)
            told += static_cast<std::size_t>(sent);
        return told;
    }
    void play(std::vector<std::function<void()>> steps) { net::play(reactor, std::move(steps)); }
    std::size_t pipes_left() {
        std::vector<Pipe> lent;
        while (lent.size() <= PipePool::most_lent) {
            lent.push_back(pipes.lend());
            if (!lent.back()) break;
        }
        return lent.size() - 1;
    }

    PipePool pipes;
    Reactor reactor;
    Deadlines deadlines;
    Stream from, to;
    int sender = -1, receiver = -1;
    Io read = Io::ok, written = Io::ok;  // the last of each, while it is going on
    std::size_t passed = 0;
    bool ended = false;
};

// Reads and writes in turn until either fails, or `at_most` octets have passed.
Task<> pass(Passage& passage, std::size_t at_most) {
    Pipe pipe;
    while (passage.passed < at_most) {
        passage.read = Io::again;
        const IoResult read =
            co_await passage.from.read_some(passage.pipes, pipe, at_most - passage.passed);
        passage.read = read.outcome;
        if (read.outcome != Io::ok) break;
        passage.written = Io::again;
        passage.written = co_await passage.to.write_all(pipe, passage.from);
        if (passage.written != Io::ok) break;
        passage.passed += read.octets;
    }
    passage.ended = true;
}

TEST_CASE("octets go from one socket to the other as they came, and no further than was asked") {
    Passage passage;
    passage.play({[&] { start(pass(passage, 12)); },
                  [&] {
                      CHECK_FALSE(passage.ended);
                      passage.tell("hello ");
                  },
                  [&] {
                      CHECK(passage.heard() == "hello ");
                      passage.tell("world, and the next");
                  },
                  [&] {
                      CHECK(passage.ended);
                      CHECK(passage.heard() == "world,");
                      char block[64];
                      const IoResult rest = passage.from.try_read(block, sizeof block);
                      CHECK(std::string(block, rest.octets) == " and the next");
                  }});
}

TEST_CASE("who waits for octets holds no pipe") {
    Passage passage;
    passage.play({[&] {
                      start(pass(passage, all));
                      passage.tell("one");
                  },
                  [&] {
                      CHECK(passage.heard() == "one");
                      CHECK(passage.read == Io::again);
                      CHECK(passage.pipes_left() == PipePool::most_lent);
                      passage.from.cancel();
                      CHECK(passage.read == Io::cancelled);
                  }});
}

TEST_CASE("the end comes behind the last octets") {
    Passage passage;
    passage.play({[&] {
                      passage.tell("last words");
                      Passage::close_end(passage.sender);
                      start(pass(passage, all));
                  },
                  [&] {
                      CHECK(passage.heard() == "last words");
                      CHECK(passage.read == Io::closed);
                  }});
}

TEST_CASE("a side that takes nothing stops the other, and all is there once it reads on") {
    Passage passage;
    std::size_t told = 0, came = 0;
    const auto fill = [&] { told += passage.tell_all_it_takes(); };
    std::vector<std::function<void()>> steps{[&] { start(pass(passage, all)); }};
    // The reactor hears of each filling in a turn of its own.
    steps.insert(steps.end(), 64, fill);
    steps.emplace_back([&] {
        CHECK(passage.written == Io::again);
        CHECK(told < all);
        CHECK(passage.pipes_left() == PipePool::most_lent - 1);
    });
    steps.insert(steps.end(), 256, [&] { came += passage.heard().size(); });
    steps.emplace_back([&] {
        CHECK(came == told);
        passage.from.cancel();
    });
    passage.play(steps);
}

TEST_CASE(
    "an end that comes while the other side takes nothing is seen behind what came before it") {
    Passage passage;
    std::size_t told = 0, came = 0;
    std::vector<std::function<void()>> steps{[&] { start(pass(passage, all)); }};
    steps.insert(steps.end(), 64, [&] { told += passage.tell_all_it_takes(); });
    steps.emplace_back([&] {
        CHECK(passage.written == Io::again);
        Passage::close_end(passage.sender);
    });
    steps.insert(steps.end(), 256, [&] { came += passage.heard().size(); });
    steps.emplace_back([&] {
        CHECK(came == told);
        CHECK(passage.read == Io::closed);
    });
    passage.play(steps);
}

TEST_CASE("a wait for room ends at its deadline, and what it held is gone with its pipe") {
    Passage passage;
    std::vector<std::function<void()>> steps{[&] {
        passage.to.set_deadline(1s);
        start(pass(passage, all));
    }};
    steps.insert(steps.end(), 64, [&] { passage.tell_all_it_takes(); });
    steps.emplace_back([&] {
        CHECK(passage.written == Io::again);
        passage.deadlines.sweep(passage.deadlines.now() + 2s);
        CHECK(passage.written == Io::timed_out);
        CHECK(passage.pipes_left() == PipePool::most_lent);
        Pipe fresh = passage.pipes.lend();
        passage.heard();
        CHECK(fresh.give_to(passage.to.native()) <= 0);
        CHECK(passage.heard().empty());
    });
    passage.play(steps);
}

TEST_CASE("an urgent octet, before which the kernel stops, leaves the octets to the ordinary way") {
    Reactor reactor;
    Deadlines deadlines;
    PipePool pipes;
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const where = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(::bind(listener, where, size) == 0);
    REQUIRE(::listen(listener, 1) == 0);
    REQUIRE(::getsockname(listener, where, &size) == 0);
    const int sender = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REQUIRE(::connect(sender, where, size) == 0);
    Stream from(reactor, deadlines, ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK));
    CHECK(::send(sender, "!", 1, MSG_OOB) == 1);
    CHECK(::send(sender, "behind", 6, 0) == 6);
    IoResult passed{Io::ok, 1};
    std::string ordinary;
    const auto read = [&]() -> Task<> {
        Pipe pipe;
        passed = co_await from.read_some(pipes, pipe, 100);
        char block[64];
        const IoResult rest = co_await from.read_some(block, sizeof block);
        ordinary.assign(block, rest.octets);
    };
    play(reactor, {[&] { start(read()); }, [] {}, [] {}, [] {}});
    CHECK(passed.outcome == Io::again);
    CHECK(ordinary == "behind");
    ::close(sender);
    ::close(listener);
}

TEST_CASE("a receiver that is gone fails the writing") {
    Passage passage;
    passage.play({[&] {
        Passage::close_end(passage.receiver);
        passage.tell("for nobody");
        start(pass(passage, all));
        CHECK(passage.written == Io::failed);
        CHECK(passage.to.failure() == "Broken pipe");
    }});
}

TEST_CASE("where all pipes are lent the octets are left for the ordinary way") {
    Passage passage;
    std::vector<Pipe> lent;
    for (std::size_t i = 0; i < PipePool::most_lent; ++i) lent.push_back(passage.pipes.lend());
    CHECK(std::all_of(lent.begin(), lent.end(), [](const Pipe& one) { return bool(one); }));
    passage.play({[&] {
        passage.tell("hello");
        start(pass(passage, all));
        CHECK(passage.read == Io::again);
        CHECK(passage.ended);
        char block[64];
        CHECK(passage.from.try_read(block, sizeof block).octets == 5);
    }});
    lent.clear();
    CHECK(passage.pipes_left() == PipePool::most_lent);
}

TEST_CASE("what the kernel takes nothing from in this way ends the lending of pipes") {
    PipePool pipes;
    Pipe pipe = pipes.lend();
    const int loop = ::epoll_create1(EPOLL_CLOEXEC);
    CHECK(pipe.take_from(loop, 1) < 0);
    CHECK(pipes.refused());
    pipe.release();
    CHECK_FALSE(pipes.lend());
    ::close(loop);
}

TEST_CASE("a closed stream has no pipes") {
    Passage passage;
    CHECK(passage.from.has_pipes());
    passage.from.close();
    CHECK_FALSE(passage.from.has_pipes());
    CHECK_FALSE(Stream().has_pipes());
}

}  // namespace
}  // namespace whogoes::net
