#include "http/messages.hpp"

#include <doctest/doctest.h>

#include <string>

namespace whogoes::http {
namespace {

TEST_CASE("an answer's status line has one form, and may lack its reason") {
    const struct {
        const char* given;
        const char* line;
        int status;  // 0: refused
    } rows[] = {
        {"as usual", "HTTP/1.1 200 OK", 200},
        {"HTTP/1.0", "HTTP/1.0 404 Not Found", 404},
        {"an empty reason", "HTTP/1.1 200 ", 200},
        {"no reason", "HTTP/1.1 401", 401},
        {"UTF-8 in the reason", "HTTP/1.1 200 caf\xc3\xa9", 200},
        {"a status of its own", "HTTP/1.1 599 x", 599},
        {"status 99", "HTTP/1.1 099 x", 0},
        {"status 600", "HTTP/1.1 600 x", 0},
        {"status 999", "HTTP/1.1 999 x", 0},
        {"two digits", "HTTP/1.1 20 OK", 0},
        {"four digits", "HTTP/1.1 2000 OK", 0},
        {"letters", "HTTP/1.1 2OO OK", 0},
        {"a sign", "HTTP/1.1 +20 OK", 0},
        {"no space before the reason", "HTTP/1.1 200OK", 0},
        {"two spaces", "HTTP/1.1  200 OK", 0},
        {"a tab", "HTTP/1.1\t200 OK", 0},
        {"a tab behind the code", "HTTP/1.1 200\tOK", 0},
        {"no code", "HTTP/1.1", 0},
        {"no code but a space", "HTTP/1.1 ", 0},
        {"another version", "HTTP/1.2 200 OK", 0},
        {"HTTP/2", "HTTP/2 200", 0},
        {"HTTP/2.0", "HTTP/2.0 200 OK", 0},
        {"small letters", "http/1.1 200 OK", 0},
        {"ICY", "ICY 200 OK", 0},
        {"a request", "GET / HTTP/1.1", 0},
        {"a body alone", "<html>", 0},
        {"an empty line", "", 0},
        {"a control in the reason", "HTTP/1.1 200 O\x01K", 0},
        {"a CR in the reason", "HTTP/1.1 200 O\rK", 0},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        const ReadResponse response(std::string(row.line) + "\r\nContent-Length: 1\r\n\r\nx");
        CHECK(response.refused() == (row.status == 0 ? 502 : 0));
        if (row.status == 0) continue;
        CHECK(response.head.status == row.status);
        REQUIRE(response.head.fields.size() == 1);
        CHECK(response.head.value(FieldName::content_length) == "1");
        CHECK(response.head.fields[0].begin == response.head.line_end);
        CHECK(response.progress.octets == response.bytes.size() - 1);
    }
}

TEST_CASE("the reason stands behind the status, in the head or in a copy of it") {
    const struct {
        const char* line;
        const char* reason;
    } rows[] = {
        {"HTTP/1.1 403 Invalid access token.", "Invalid access token."},
        {"HTTP/1.1 401 ", ""},
        {"HTTP/1.1 401", ""},
    };
    for (const auto& row : rows) {
        CAPTURE(row.line);
        const ReadResponse response(std::string(row.line) + "\r\nContent-Length: 0\r\n\r\n");
        const std::string copy(response.head.bytes);
        CHECK(response.head.reason_in(copy) == row.reason);
        CHECK(response.head.reason_in("").empty());
    }
    CHECK(ResponseHead().reason_in("HTTP/1.1 200 OK\r\n").empty());
}

TEST_CASE("an answer that is not HTTP is refused with its first octets") {
    CHECK(ReadResponse("H").progress.progress == Progress::need_more);
    CHECK(ReadResponse("").progress.progress == Progress::need_more);
    CHECK(ReadResponse("<").refused() == 502);
    CHECK(ReadResponse("HTTP/2").refused() == 502);
    CHECK(ReadResponse("HTTP/1.1 200 OK\nX: 1").refused() == 502);
}

TEST_CASE("what was asked and the status decide whether a body follows") {
    RequestHead get_request;
    RequestHead head_request;
    head_request.is_head = true;
    const struct {
        const char* given;
        const RequestHead& request;
        const char* bytes;
        Framing framing;
        bool keep_alive;
    } rows[] = {
        {"a length", get_request, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", Framing::length,
         true},
        {"length 0", get_request, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", Framing::none,
         true},
        {"chunks", get_request, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
         Framing::chunked, true},
        {"neither", get_request, "HTTP/1.1 200 OK\r\n\r\n", Framing::until_close, false},
        {"neither, with a promise", get_request,
         "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n\r\n", Framing::until_close, false},
        {"neither in HTTP/1.0", get_request, "HTTP/1.0 200 OK\r\n\r\n", Framing::until_close,
         false},
        {"to HEAD", head_request, "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n", Framing::none,
         true},
        {"to HEAD without a length", head_request, "HTTP/1.1 200 OK\r\n\r\n", Framing::none, true},
        {"to HEAD, chunked", head_request, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
         Framing::none, true},
        {"204", get_request, "HTTP/1.1 204 No Content\r\nContent-Length: 41\r\n\r\n", Framing::none,
         true},
        {"304", get_request, "HTTP/1.1 304 Not Modified\r\nContent-Length: 41\r\n\r\n",
         Framing::none, true},
        {"304 without a length", get_request, "HTTP/1.1 304 Not Modified\r\n\r\n", Framing::none,
         true},
        {"100", get_request, "HTTP/1.1 100 Continue\r\n\r\n", Framing::none, true},
        {"103", get_request, "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", Framing::none, true},
        {"closing", get_request,
         "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n", Framing::length,
         false},
        {"HTTP/1.0 with a length", get_request, "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n",
         Framing::length, false},
        {"HTTP/1.0 that stays", get_request,
         "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n", Framing::length,
         true},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        const ReadResponse response(row.bytes, row.request);
        REQUIRE(response.complete());
        CHECK(response.head.framing == row.framing);
        CHECK(response.head.keep_alive == row.keep_alive);
    }
    CHECK(ReadResponse("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n", head_request)
              .head.content_length == 50);
}

TEST_CASE("a 101 has to be asked for") {
    const std::string answer =
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    CHECK(ReadResponse(answer, ReadRequest(get()).head).refused() == 502);
    const ReadRequest asking(get("Connection: Upgrade\r\nUpgrade: websocket\r\n"));
    const RequestHead& request = asking.head;
    const ReadResponse asked(answer + "RAW", request);
    REQUIRE(asked.complete());
    CHECK(asked.head.upgrade);
    CHECK_FALSE(asked.head.interim());
    CHECK(asked.head.framing == Framing::none);
    CHECK(asked.progress.octets == answer.size());
    CHECK(ReadResponse("HTTP/1.1 101 Switching\r\n\r\n", request).refused() == 502);
    for (const char* protocol : {"h2c", "TLS/1.3", "websocket, h2c", "", "other"}) {
        CAPTURE(protocol);
        const std::string switching =
            "HTTP/1.1 101 Switching\r\nUpgrade: " + std::string(protocol) + "\r\n\r\n";
        CHECK(ReadResponse(switching, request).refused() == 502);
    }
    CHECK(ReadResponse("HTTP/1.1 101 Switching\r\nUpgrade: WebSocket/13\r\n\r\n", request)
              .refused() == 0);
}

TEST_CASE("an interim answer is told from the last") {
    CHECK(ReadResponse("HTTP/1.1 100 Continue\r\n\r\n").head.interim());
    CHECK(ReadResponse("HTTP/1.1 103 Early Hints\r\n\r\n").head.interim());
    CHECK_FALSE(ReadResponse(ok()).head.interim());
}

TEST_CASE("an answer's head has the same limits") {
    HeadLimits limits;
    limits.octets = 100;
    limits.fields = 3;
    CHECK(ReadResponse(ok("X: " + std::string(100, 'a') + "\r\n"), {}, limits).refused() == 502);
    CHECK(ReadResponse("HTTP/1.1 200 OK\r\nX: " + std::string(100, 'a'), {}, limits).refused() ==
          502);
    CHECK(ReadResponse(ok("A: 1\r\nB: 1\r\nC: 1\r\n"), {}, limits).complete());
    CHECK(ReadResponse(ok("A: 1\r\nB: 1\r\nC: 1\r\nD: 1\r\n"), {}, limits).refused() == 502);
}

TEST_CASE("an upstream's Keep-Alive is read for its timeout alone") {
    const struct {
        std::string value;
        int seconds;
    } rows[] = {{"timeout=5", 5},
                {"timeout=5, max=100", 5},
                {"max=100, timeout=72", 72},
                {"max=100", 0},
                {"", 0},
                {"timeout=", 0},
                {"timeout=x", 0},
                {"timeout=-1", 0}};
    for (const auto& row : rows) {
        CAPTURE(row.value);
        const std::string text =
            "HTTP/1.1 200 OK\r\nKeep-Alive: " + row.value + "\r\nContent-Length: 0\r\n\r\n";
        ResponseHead head;
        REQUIRE(parse_response_head(text, {}, {}, head).progress == Progress::complete);
        CHECK(keep_alive_timeout(head).count() == row.seconds);
    }
    const std::string endless =
        "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=99999999999999999999\r\n\r\n";
    ResponseHead head;
    REQUIRE(parse_response_head(endless, {}, {}, head).progress == Progress::complete);
    CHECK(keep_alive_timeout(head).count() > 0);
}

}  // namespace
}  // namespace whogoes::http
