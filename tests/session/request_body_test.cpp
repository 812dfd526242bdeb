#include "proxy/session/request_body.hpp"

#include <doctest/doctest.h>

#include <string>

// What of a client's octets is the body of its request, without a socket.
namespace whogoes::session {
namespace {

http::RequestHead head(http::Framing framing, std::uint64_t length = 0) {
    http::RequestHead made;
    made.framing = framing;
    made.content_length = length;
    return made;
}

TEST_CASE("a request without a body is complete; what lies behind it is the next") {
    RequestBody body;
    CHECK(body.begin(head(http::Framing::none), "GET /next"));
    CHECK(body.complete);
    CHECK(body.in_buffer.empty());
}

TEST_CASE("a body that came with its head is complete, and ends where its framing says") {
    const struct {
        http::Framing framing;
        const char* rest;
        const char* body;
    } rows[] = {
        {http::Framing::length, "helloGET /next", "hello"},
        {http::Framing::length, "hello", "hello"},
        {http::Framing::chunked, "1\r\na\r\n0\r\n\r\nGET /next", "1\r\na\r\n0\r\n\r\n"},
        {http::Framing::chunked, "0\r\n\r\n", "0\r\n\r\n"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.rest);
        RequestBody body;
        CHECK(body.begin(head(row.framing, 5), row.rest));
        CHECK(body.complete);
        CHECK(body.in_buffer == row.body);
    }
}

TEST_CASE("a body comes in whatever slices, and the last one may hold more than it") {
    const struct {
        http::Framing framing;
        std::string whole;
    } rows[] = {
        {http::Framing::length, "hello"},
        {http::Framing::chunked, "5\r\nhello\r\n0\r\nX: 1\r\n\r\n"},
    };
    for (const auto& row : rows) {
        for (std::size_t cut = 0; cut < row.whole.size(); ++cut) {
            CAPTURE(row.whole);
            CAPTURE(cut);
            const std::string here = row.whole.substr(0, cut);
            RequestBody body;
            CHECK(body.begin(head(row.framing, 5), here));
            CHECK_FALSE(body.complete);
            CHECK(body.in_buffer == here);
            const http::BodyReader::Step portion = body.reader.take(row.whole.substr(cut) + "next");
            CHECK(portion.octets == row.whole.size() - cut);
            CHECK(portion.done);
            CHECK_FALSE(portion.flawed);
        }
    }
}

TEST_CASE("broken chunks are told of where they are met") {
    RequestBody at_once;
    CHECK_FALSE(at_once.begin(head(http::Framing::chunked), "x\r\n"));
    CHECK_FALSE(at_once.reader.flaw().empty());

    RequestBody later;
    CHECK(later.begin(head(http::Framing::chunked), "1\r\na\r\n"));
    const http::BodyReader::Step portion = later.reader.take("y\r\n");
    CHECK(portion.flawed);
    CHECK_FALSE(portion.done);
}

}  // namespace
}  // namespace whogoes::session
