#include "proxy/session/answer_body.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

// What of an answer's octets belongs to its body and goes to the client, without a socket.
namespace whogoes::session {
namespace {

http::ResponseHead head(http::Framing framing, std::uint64_t length = 0) {
    http::ResponseHead made;
    made.framing = framing;
    made.content_length = length;
    return made;
}

struct Taken {
    std::string out;
    std::size_t consumed = 0;
};

Taken take(AnswerBody& body, std::string bytes) {
    const AnswerBody::Portion portion = body.take(bytes.data(), bytes.size());
    return {bytes.substr(0, portion.octets), portion.consumed};
}

TEST_CASE("an answer without a body is over before anything came, and takes nothing") {
    for (const bool old : {false, true}) {
        AnswerBody none(head(http::Framing::none), old);
        AnswerBody empty(head(http::Framing::length, 0), old);
        CHECK(none.done());
        CHECK(empty.done());
        CHECK(take(none, "of the next").consumed == 0);
        CHECK(take(empty, "of the next").consumed == 0);
    }
}

TEST_CASE("a length is taken to its last octet, and not beyond") {
    AnswerBody body(head(http::Framing::length, 5), false);
    CHECK(take(body, "hel").out == "hel");
    CHECK_FALSE(body.done());
    const Taken rest = take(body, "lo, next");
    CHECK(rest.out == "lo");
    CHECK(rest.consumed == 2);
    CHECK(body.done());
}

TEST_CASE("an end of the connection cuts a length and chunks, and completes what has neither") {
    const struct {
        http::Framing framing;
        const char* came;
        bool done;
    } rows[] = {
        {http::Framing::length, "four", false},
        {http::Framing::chunked, "5\r\nfour", false},
        {http::Framing::chunked, "5\r\nfive5\r\n", false},
        {http::Framing::until_close, "four", true},
        {http::Framing::until_close, "", true},
    };
    for (const auto& row : rows) {
        CAPTURE(row.came);
        AnswerBody body(head(row.framing, 5), false);
        take(body, row.came);
        CHECK_FALSE(body.done());
        body.upstream_ended();
        CHECK(body.done() == row.done);
    }
}

TEST_CASE("what was read to its end before is over once it has been shown") {
    AnswerBody body(head(http::Framing::until_close), false);
    body.comes_whole();
    CHECK_FALSE(body.done());
    CHECK(take(body, "all of it").out == "all of it");
    CHECK(body.done());
}

TEST_CASE("chunks pass as they came, in whatever slices, and what follows them does not") {
    const std::string all = "5;a=b\r\nhello\r\n0\r\nX: 1\r\n\r\n";
    for (std::size_t cut = 0; cut <= all.size(); ++cut) {
        CAPTURE(cut);
        AnswerBody body(head(http::Framing::chunked), false);
        std::string out = take(body, all.substr(0, cut)).out;
        CHECK(body.done() == (cut == all.size()));
        out += take(body, all.substr(cut) + "next").out;
        CHECK(out == all);
        CHECK(body.done());
        CHECK(body.passes_chunks());
    }
}

TEST_CASE("to HTTP/1.0 only what is in the chunks goes, in whatever slices") {
    const std::string all = "5;a=b\r\nhello\r\n7\r\n, world\r\n0\r\nX: 1\r\n\r\n";
    for (std::size_t cut = 0; cut <= all.size(); ++cut) {
        CAPTURE(cut);
        AnswerBody body(head(http::Framing::chunked), true);
        const Taken first = take(body, all.substr(0, cut));
        CHECK(first.consumed == cut);
        const Taken second = take(body, all.substr(cut) + "next");
        CHECK(second.consumed == all.size() - cut);
        CHECK(first.out + second.out == "hello, world");
        CHECK(body.done());
        CHECK(body.takes_framing_off());
        CHECK_FALSE(body.passes_chunks());
    }
}

TEST_CASE("broken chunks are neither done nor passed on") {
    for (const bool old : {false, true}) {
        AnswerBody body(head(http::Framing::chunked), old);
        CHECK(take(body, "x\r\n").out.empty());
        CHECK(body.flawed());
        CHECK_FALSE(body.done());
    }
}

}  // namespace
}  // namespace whogoes::session
