#include "proxy/http/chunks.hpp"

#include <doctest/doctest.h>

#include <string>

namespace whogoes::http {
namespace {

using namespace std::string_literals;
using State = ChunkTracker::State;

TEST_CASE("a chunked body has one form") {
    const struct {
        const char* given;
        std::string body;
        State state;
    } rows[] = {
        {"one chunk", "5\r\nhello\r\n0\r\n\r\n", State::done},
        {"nothing", "0\r\n\r\n", State::done},
        {"zeros", "000\r\n\r\n", State::done},
        {"hexadecimal, either case", "aA\r\n" + std::string(0xaa, 'x') + "\r\n0\r\n\r\n",
         State::done},
        {"sixteen digits", "0000000000000005\r\nhello\r\n0\r\n\r\n", State::done},
        {"an extension", "5;a=b;c;d=\"e;\\\"f\"\r\nhello\r\n0;z\r\n\r\n", State::done},
        {"an extension with bad white space", "5; a = b ; c\r\nhello\r\n0\r\n\r\n", State::done},
        {"trailers", "0\r\nX-T: 1\r\nServer-Timing:\r\n\r\n", State::done},
        {"a credential as a trailer stays a trailer", "0\r\nAuthorization: Bearer x\r\n\r\n",
         State::done},
        {"not yet ended", "5\r\nhel", State::more},
        {"the largest size", "7fffffffffffffff\r\nx", State::more},

        {"no size", "\r\nhello\r\n", State::flawed},
        {"0x", "0x5\r\nhello\r\n0\r\n\r\n", State::flawed},
        {"plus", "+5\r\nhello\r\n", State::flawed},
        {"minus", "-5\r\nhello\r\n", State::flawed},
        {"a space in front", " 5\r\nhello\r\n", State::flawed},
        {"a space behind", "5 \r\nhello\r\n", State::flawed},
        {"a tab behind", "5\t\r\nhello\r\n", State::flawed},
        {"a space before the extension", "5 ;a\r\nhello\r\n", State::flawed},
        {"an underscore", "5_0\r\nhello\r\n", State::flawed},
        {"h", "5h\r\nhello\r\n", State::flawed},
        {"quoted", "\"5\"\r\nhello\r\n", State::flawed},
        {"a comma", "5,5\r\nhello\r\n", State::flawed},
        {"a NUL", "5\0\r\nhello\r\n"s, State::flawed},
        {"a vertical tab", "5\x0b\r\nhello\r\n", State::flawed},
        {"seventeen digits", "00000000000000005\r\nhello\r\n", State::flawed},
        {"2^63", "8000000000000000\r\nx", State::flawed},
        {"2^64 - 1", "ffffffffffffffff\r\nx", State::flawed},
        {"2^64 + 5", "10000000000000005\r\nhello\r\n", State::flawed},
        {"LF alone behind the size", "5\nhello\r\n", State::flawed},
        {"CR alone behind the size", "5\rhello\r\n", State::flawed},
        {"CR CR LF behind the size", "5\r\r\nhello\r\n", State::flawed},
        {"LF alone in an extension", "5;a\nhello\r\n", State::flawed},
        {"CR alone in an extension", "5;a\rb\r\nhello\r\n", State::flawed},
        {"LF in a quoted extension", "5;a=\"\n\"\r\nhello\r\n", State::flawed},
        {"CR LF in a quoted extension", "5;a=\"\r\n0\r\n\r\n\"\r\n", State::flawed},
        {"an escaped LF", "5;a=\"\\\n\"\r\nhello\r\n", State::flawed},
        {"a NUL in an extension", "5;a\0\r\nhello\r\n"s, State::flawed},
        {"a high octet in an extension", "5;a=\xff\r\nhello\r\n", State::flawed},
        {"an extension without a name", "5;\r\nhello\r\n", State::flawed},
        {"too long", "5\r\nhelloX\r\n0\r\n\r\n", State::flawed},
        {"too short", "6\r\nhello\r\n0\r\n\r\n", State::flawed},
        {"LF alone behind the payload", "5\r\nhello\n0\r\n\r\n", State::flawed},
        {"CR alone behind the payload", "5\r\nhello\r0\r\n\r\n", State::flawed},
        {"nothing behind the payload", "5\r\nhello0\r\n\r\n", State::flawed},
        {"LF alone at the end", "0\r\n\n", State::flawed},
        {"CR alone at the end", "0\r\n\rX", State::flawed},
        {"LF LF", "0\n\n", State::flawed},
        {"a trailer without a colon", "0\r\nX-T\r\n\r\n", State::flawed},
        {"a trailer without a name", "0\r\n: 1\r\n\r\n", State::flawed},
        {"a space before a trailer's colon", "0\r\nX-T : 1\r\n\r\n", State::flawed},
        {"a folded trailer", "0\r\nX-T: 1\r\n 2\r\n\r\n", State::flawed},
        {"white space before a trailer", "0\r\n X-T: 1\r\n\r\n", State::flawed},
        {"LF alone in a trailer", "0\r\nX-T: 1\nY: 2\r\n\r\n", State::flawed},
        {"CR alone in a trailer", "0\r\nX-T: 1\rY: 2\r\n\r\n", State::flawed},
        {"a NUL in a trailer", "0\r\nX-T: \0\r\n\r\n"s, State::flawed},
        {"a request in place of trailers", "0\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n",
         State::flawed},
        {"Content-Length as a trailer", "0\r\ncontent-LENGTH: 5\r\n\r\n", State::flawed},
        {"Transfer-Encoding as a trailer", "0\r\nTransfer-Encoding: chunked\r\n\r\n",
         State::flawed},
        {"Host as a trailer", "0\r\nHost: a\r\n\r\n", State::flawed},
        {"a name that begins like one", "0\r\nContent-Length-And-Much-More-Text: 5\r\n\r\n",
         State::done},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        ChunkTracker tracker;
        const ChunkTracker::Step step = tracker.follow(row.body);
        CHECK(step.state == row.state);
        CHECK((tracker.flaw().empty()) == (row.state != State::flawed));
        if (row.state == State::done) CHECK(step.consumed == row.body.size());
    }
}

TEST_CASE("what follows a body is not of it") {
    ChunkTracker tracker;
    const std::string body = "3\r\nabc\r\n0\r\nX-T: 1\r\n\r\n";
    const ChunkTracker::Step step = tracker.follow(body + "GET /next HTTP/1.1\r\n");
    CHECK(step.state == State::done);
    CHECK(step.consumed == body.size());
    CHECK(tracker.has_trailers());
    CHECK(tracker.follow("more").consumed == 0);
    CHECK(tracker.follow("more").state == State::done);
}

TEST_CASE("a flawed body stays flawed") {
    ChunkTracker tracker;
    CHECK(tracker.follow("x").state == State::flawed);
    CHECK(tracker.follow("5\r\nhello\r\n").state == State::flawed);
}

TEST_CASE("extensions are bounded over the whole body, trailers as well") {
    ChunkTracker tracker;
    const std::string chunk = "1;" + std::string(1000, 'e') + "\r\nx\r\n";
    State state = State::more;
    int chunks = 0;
    while (state == State::more && chunks < 100) {
        state = tracker.follow(chunk).state;
        ++chunks;
    }
    CHECK(state == State::flawed);
    CHECK(chunks == 17);

    ChunkTracker trailing;
    CHECK(trailing.follow("0\r\n").state == State::more);
    const std::string line = "X: " + std::string(995, 'v') + "\r\n";
    for (int i = 0; i < 8; ++i) CHECK(trailing.follow(line).state == State::more);
    CHECK(trailing.follow(line).state == State::flawed);
}

TEST_CASE("the payload can be had without its framing") {
    ChunkTracker tracker;
    const std::string body = "5\r\nhello\r\n6;x\r\n world\r\n0\r\n\r\nrest";
    std::string data;
    std::string_view rest = body;
    ChunkTracker::Step step;
    int runs = 0;
    do {
        step = tracker.next_data(rest);
        data += step.data;
        runs += step.data.empty() ? 0 : 1;
        rest.remove_prefix(step.consumed);
    } while (step.state == State::more && !rest.empty());
    CHECK(step.state == State::done);
    CHECK(data == "hello world");
    CHECK(runs == 2);
    CHECK(rest == "rest");
}

TEST_CASE("a large chunk is skipped, not looked through") {
    ChunkTracker tracker;
    const std::string payload(100000, '\r');
    CHECK(tracker.follow("186a0\r\n").consumed == 7);
    const ChunkTracker::Step step = tracker.follow(payload);
    CHECK(step.state == State::more);
    CHECK(step.consumed == payload.size());
    CHECK(tracker.follow("\r\n0\r\n\r\n").state == State::done);
}

}  // namespace
}  // namespace whogoes::http
