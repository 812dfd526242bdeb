#include "proxy/net/stream.hpp"

#include "tests/net/start.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>
#include <vector>

// Streams over socket pairs, on a loop that the test turns by hand.
namespace whogoes::net {
namespace {

using namespace std::chrono_literals;

struct Pair {
    Pair() {
        int ends[2];
        ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends);
        stream = Stream(reactor, deadlines, ends[0]);
        other = ends[1];
    }
    ~Pair() { close_other(); }
    void close_other() {
        if (other >= 0) ::close(std::exchange(other, -1));
    }
    void tell(std::string_view bytes) const {
        CHECK(::send(other, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
    }
    void play(std::vector<std::function<void()>> steps) { net::play(reactor, std::move(steps)); }

    Reactor reactor;
    Deadlines deadlines;
    Stream stream;
    int other = -1;
};

struct Seen {
    std::string bytes;
    Io outcome = Io::again;  // nothing yet
};

Task<> read_once(Stream& stream, Seen& seen) {
    char block[64];
    const IoResult result = co_await stream.read_some(block, sizeof block);
    seen.outcome = result.outcome;
    seen.bytes.assign(block, result.octets);
}

TEST_CASE("a read waits for octets, and takes what is there") {
    Pair pair;
    Seen first, second;
    pair.play({[&] { start(read_once(pair.stream, first)); },
               [&] {
                   CHECK(first.outcome == Io::again);
                   pair.tell("hello");
               },
               [&] {
                   CHECK(first.outcome == Io::ok);
                   CHECK(first.bytes == "hello");
                   pair.tell("more");
               },
               [&] {
                   start(read_once(pair.stream, second));
                   CHECK(second.bytes == "more");
               }});
}

TEST_CASE("octets that came with the end are read before it") {
    Pair pair;
    Seen first, second, third;
    pair.play({[&] {
                   pair.tell("last words");
                   pair.close_other();
               },
               [&] {
                   start(read_once(pair.stream, first));
                   CHECK(first.bytes == "last words");
                   start(read_once(pair.stream, second));
                   CHECK(second.outcome == Io::closed);
                   start(read_once(pair.stream, third));
                   CHECK(third.outcome == Io::closed);
               }});
}

TEST_CASE("a wait ends when its deadline passes, and the stream can be used again") {
    Pair pair;
    Seen first, second;
    const Clock::time_point begin = pair.deadlines.now();
    pair.play({[&] {
                   pair.stream.set_deadline(1s);
                   start(read_once(pair.stream, first));
                   pair.deadlines.sweep(begin + 999ms);
                   CHECK(first.outcome == Io::again);
                   pair.deadlines.sweep(begin + 1s);
                   CHECK(first.outcome == Io::timed_out);
                   CHECK(pair.stream.failure() == "timed out");
                   pair.stream.set_deadline(1s);
                   start(read_once(pair.stream, second));
                   pair.tell("late");
               },
               [&] { CHECK(second.bytes == "late"); }});
}

TEST_CASE("a deadline that passes while nobody waits has no effect") {
    Pair pair;
    Seen seen;
    pair.play({[&] {
                   pair.stream.set_deadline(1s);
                   pair.deadlines.sweep(pair.deadlines.now() + 1h);
                   start(read_once(pair.stream, seen));
                   CHECK(seen.outcome == Io::again);
                   pair.tell("ok");
               },
               [&] { CHECK(seen.outcome == Io::ok); }});
}

TEST_CASE("cancel ends this wait and every later one, interrupt only this one") {
    Pair pair;
    Seen first, second, third, fourth;
    pair.play({[&] {
        start(read_once(pair.stream, first));
        pair.stream.interrupt();
        CHECK(first.outcome == Io::cancelled);
        start(read_once(pair.stream, second));
        CHECK(second.outcome == Io::again);
        pair.stream.cancel();
        CHECK(second.outcome == Io::cancelled);
        start(read_once(pair.stream, third));
        CHECK(third.outcome == Io::cancelled);
        pair.stream.close();
        start(read_once(pair.stream, fourth));
        CHECK(fourth.outcome == Io::cancelled);
    }});
}

struct Watched {
    Stream* stream = nullptr;
    int told = 0;
    Io found = Io::again;
};
void note(void* context) {
    Watched& watched = *static_cast<Watched*>(context);
    ++watched.told;
    watched.found = watched.stream->peek();
}

TEST_CASE("a watcher is told once, of octets or of the end, and takes nothing") {
    Pair pair;
    Watched watched{&pair.stream};
    Seen seen;
    pair.play({[&] { pair.stream.watch(note, &watched); },
               [&] {
                   CHECK(watched.told == 0);
                   pair.tell("a");
               },
               [&] {
                   CHECK(watched.told == 1);
                   CHECK(watched.found == Io::ok);
                   pair.tell("b");
               },
               [&] {
                   CHECK(watched.told == 1);
                   start(read_once(pair.stream, seen));
                   CHECK(seen.bytes == "ab");
                   pair.stream.watch(note, &watched);
                   CHECK(watched.told == 1);
                   pair.close_other();
               },
               [&] {
                   CHECK(watched.told == 2);
                   CHECK(watched.found == Io::closed);
                   pair.stream.watch(note, &watched);
                   CHECK(watched.told == 3);  // it is there already
               }});
}

TEST_CASE("a watcher is told of what comes after another's read") {
    Pair pair;
    Watched watched{&pair.stream};
    Seen seen;
    pair.play({[&] {
                   start(read_once(pair.stream, seen));
                   pair.stream.watch(note, &watched);
                   pair.tell("a");
               },
               [&] {
                   CHECK(seen.bytes == "a");
                   CHECK(watched.told == 0);
                   pair.tell("b");
               },
               [&] { CHECK(watched.told == 1); }});
}

TEST_CASE("who no longer watches is not told") {
    Pair pair;
    Watched watched{&pair.stream};
    pair.play({[&] {
                   pair.stream.watch(note, &watched);
                   pair.stream.unwatch();
                   pair.tell("a");
               },
               [&] { CHECK(watched.told == 0); }});
}

TEST_CASE("a watcher may destroy the stream") {
    Pair pair;
    pair.play({[&] {
                   pair.stream.watch(
                       [](void* context) { static_cast<Pair*>(context)->stream = {}; }, &pair);
                   pair.tell("a");
               },
               [&] { CHECK_FALSE(pair.stream.is_open()); }});
}

Task<> write_whole(Stream& stream, std::string_view bytes, Io& outcome) {
    iovec pieces[3] = {{const_cast<char*>(bytes.data()), 5},
                       {nullptr, 0},
                       {const_cast<char*>(bytes.data()) + 5, bytes.size() - 5}};
    const std::span<iovec> all(pieces);
    outcome = co_await stream.write_all(all);
}

TEST_CASE("a write takes as long as the other side needs, and nothing is lost") {
    Pair pair;
    std::string sent(4 * 1024 * 1024, '.');
    for (std::size_t i = 0; i < sent.size(); i += 100) sent[i] = static_cast<char>('a' + i % 26);
    std::string got;
    Io outcome = Io::again;
    const auto drink = [&] {
        char block[64 * 1024];
        for (ssize_t octets = 0; (octets = ::recv(pair.other, block, sizeof block, 0)) > 0;)
            got.append(block, static_cast<std::size_t>(octets));
    };
    std::vector<std::function<void()>> steps{[&] {
        start(write_whole(pair.stream, sent, outcome));
        CHECK(outcome == Io::again);
    }};
    for (int i = 0; i < 200; ++i) steps.emplace_back(drink);
    pair.play(steps);
    CHECK(outcome == Io::ok);
    CHECK((got == sent));
}

TEST_CASE("a write to a side that is gone fails") {
    Pair pair;
    const std::string sent(1024 * 1024, '.');
    Io outcome = Io::again;
    pair.play({[&] { start(write_whole(pair.stream, sent, outcome)); },
               [&] {
                   CHECK(outcome == Io::again);
                   pair.close_other();
               },
               [&] {
                   CHECK(outcome == Io::failed);
                   CHECK(pair.stream.failure() == "Broken pipe");
               }});
}

TEST_CASE("a stream may be closed by one that waits on it, and by one that does not") {
    Pair pair;
    Seen seen;
    pair.play({[&] {
                   start(read_once(pair.stream, seen));
                   pair.stream.close();
                   CHECK(seen.outcome == Io::cancelled);
                   CHECK(pair.stream.native() == -1);
                   CHECK_FALSE(pair.stream.has_unread());
                   pair.stream.close();
               },
               [&] {
                   char octet = 0;
                   CHECK(::recv(pair.other, &octet, 1, 0) == 0);
               }});
}

struct TcpPair {
    TcpPair() {
        const int door = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof address;
        ::bind(door, reinterpret_cast<const sockaddr*>(&address), length);
        ::listen(door, 1);
        ::getsockname(door, reinterpret_cast<sockaddr*>(&address), &length);
        const int near = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        CHECK(::connect(near, reinterpret_cast<const sockaddr*>(&address), length) == 0);
        far = ::accept(door, nullptr, nullptr);
        ::close(door);
        stream = Stream(reactor, deadlines, near);
    }
    void reset_by_the_other() const {
        const linger at_once{1, 0};
        ::setsockopt(far, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        ::close(far);
    }
    Io write() {
        char octet = 'a';
        const iovec piece{&octet, 1};
        return stream.try_write({&piece, 1}).outcome;
    }
    Io read() {
        char octet = 0;
        return stream.try_read(&octet, 1).outcome;
    }

    Reactor reactor;
    Deadlines deadlines;
    Stream stream;
    int far = -1;
};

TEST_CASE("a reset stays one, however often one looks") {
    TcpPair pair;
    pair.reset_by_the_other();
    CHECK(pair.stream.peek() == Io::failed);
    CHECK(pair.stream.peek() == Io::failed);
}

TEST_CASE("a reset that a write was told of is no good end to who reads") {
    TcpPair pair;
    pair.reset_by_the_other();
    CHECK(pair.write() == Io::failed);
    CHECK(pair.write() == Io::failed);
    CHECK(pair.read() == Io::failed);
}

TEST_CASE("an end in good order stays one, though a write came too late for it") {
    TcpPair pair;
    ::close(pair.far);
    CHECK(pair.write() == Io::ok);  // which the other side refuses
    CHECK(pair.write() == Io::failed);
    CHECK(pair.read() == Io::closed);
}

TEST_CASE("what waits unread is seen without being taken") {
    Pair pair;
    pair.play({[&] {
        CHECK_FALSE(pair.stream.has_unread());
        CHECK(pair.stream.peek() == Io::again);
        pair.tell("a");
        CHECK(pair.stream.has_unread());
        CHECK(pair.stream.peek() == Io::ok);
        pair.close_other();
        CHECK(pair.stream.peek() == Io::ok);
    }});
}

}  // namespace
}  // namespace whogoes::net
