#include "http/messages.hpp"
#include "proxy/http/chunks.hpp"

#include <doctest/doctest.h>

#include <string>

namespace whogoes::http {
namespace {

TEST_CASE("a request head that comes in pieces is the same head") {
    for (const std::string& text :
         {get(), get("X: y\r\nConnection: close\r\n"), post("Transfer-Encoding: chunked\r\n"),
          std::string("\r\nGET http://a.test/b HTTP/1.0\r\n\r\n"),
          std::string("OPTIONS * HTTP/1.1\r\nHost: [::1]:80\r\n\r\n")}) {
        CAPTURE(text);
        const ReadRequest whole(text + "body");
        REQUIRE(whole.complete());
        REQUIRE(whole.progress.octets == text.size());
        for (std::size_t octets = 0; octets < text.size(); ++octets) {
            CAPTURE(octets);
            CHECK(ReadRequest(text.substr(0, octets)).progress.progress == Progress::need_more);
        }
        const ReadRequest exact(text);
        REQUIRE(exact.complete());
        CHECK(exact.progress.octets == text.size());
        CHECK(exact.head.fields.size() == whole.head.fields.size());
        CHECK(exact.head.target() == whole.head.target());
    }
}

TEST_CASE("a response head that comes in pieces is the same head") {
    for (const std::string& text :
         {ok("Content-Length: 2\r\n"), ok("Transfer-Encoding: chunked\r\nX: y\r\n"),
          std::string("HTTP/1.0 401\r\n\r\n"), std::string("HTTP/1.1 401\r\nX: y\r\n\r\n")}) {
        CAPTURE(text);
        for (std::size_t octets = 0; octets < text.size(); ++octets) {
            CAPTURE(octets);
            CHECK(ReadResponse(text.substr(0, octets)).progress.progress == Progress::need_more);
        }
        const ReadResponse whole(text + "ok");
        REQUIRE(whole.complete());
        CHECK(whole.progress.octets == text.size());
    }
}

TEST_CASE("a flawed head stays flawed however it comes") {
    for (const std::string& text :
         {get("X : 1\r\n"), get("Host: b\r\n"), post("Transfer-Encoding: x\r\n"),
          get("X: a\nb\r\n"), std::string("GET /c HTTP/1.2\r\nHost: a\r\n\r\n"),
          std::string("G(E)T / HTTP/1.1\r\nHost: a\r\n\r\n"),
          std::string("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n")}) {
        CAPTURE(text);
        const int status = ReadRequest(text).refused();
        REQUIRE(status != 0);
        int first = 0;
        for (std::size_t octets = 0; octets <= text.size() && first == 0; ++octets) {
            const ReadRequest part(text.substr(0, octets));
            CHECK_FALSE(part.complete());
            first = part.refused();
        }
        CHECK(first == status);
    }
}

struct Followed {
    ChunkTracker::State state = ChunkTracker::State::more;
    std::string passed;
    std::string data;
};

Followed follow_in_pieces(const std::string& text, std::size_t piece) {
    Followed result;
    ChunkTracker forwarding;
    ChunkTracker reading;
    for (std::size_t at = 0; at < text.size() && result.state == ChunkTracker::State::more;
         at += piece) {
        const std::string_view slice = std::string_view(text).substr(at, piece);
        const ChunkTracker::Step step = forwarding.follow(slice);
        CHECK(step.consumed <= slice.size());
        CHECK(step.data.empty());
        result.state = step.state;
        if (step.state != ChunkTracker::State::flawed)
            result.passed += slice.substr(0, step.consumed);
        for (std::string_view rest = slice; !rest.empty();) {
            const ChunkTracker::Step next = reading.next_data(rest);
            if (next.state == ChunkTracker::State::flawed) break;
            result.data += next.data;
            rest.remove_prefix(next.consumed);
            if (next.state == ChunkTracker::State::done) break;
            REQUIRE(next.consumed > 0);
        }
    }
    return result;
}

TEST_CASE("a chunked body that comes in pieces is the same body") {
    const struct {
        std::string text;
        std::string data;
        bool whole;
    } rows[] = {
        {"5\r\nhello\r\n6;a=\"b\\\"c\"\r\n world\r\n0\r\nX-T: 1\r\n\r\n", "hello world", true},
        {"0\r\n\r\n", "", true},
        {"00a\r\n0123456789\r\n0\r\n\r\n", "0123456789", true},
        {"5\r\nhelloX\n", "hello", false},
        {"5 \r\nhello\r\n0\r\n\r\n", "", false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.text);
        const std::string more = row.text + "GET /next";
        for (std::size_t piece = 1; piece <= more.size(); ++piece) {
            CAPTURE(piece);
            const Followed followed = follow_in_pieces(more, piece);
            CHECK((followed.state == ChunkTracker::State::done) == row.whole);
            CHECK(followed.data == row.data);
            if (row.whole) CHECK(followed.passed == row.text);
            if (!row.whole) CHECK(followed.state == ChunkTracker::State::flawed);
        }
    }
}

}  // namespace
}  // namespace whogoes::http
