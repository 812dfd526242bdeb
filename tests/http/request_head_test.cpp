#include "http/messages.hpp"

#include <doctest/doctest.h>

#include <string>

namespace whogoes::http {
namespace {

TEST_CASE("a whole request head is noted as facts and byte ranges") {
    const std::string text =
        "POST /v1/orders?page=2 HTTP/1.1\r\n"
        "Host: api.example:8401\r\n"
        "Authorization:   Bearer a.b-c_d~e+f/g==\t \r\n"
        "X-Empty:\r\n"
        "X-Caf\x7e: caf\xc3\xa9\xff\r\n"
        "content-length: 5\r\n"
        "\r\n";
    const ReadRequest request(text + "hello");
    REQUIRE(request.complete());
    CHECK(request.progress.octets == text.size());
    CHECK(request.head.bytes == text);
    CHECK(request.head.method() == "POST");
    CHECK(request.head.target() == "/v1/orders?page=2");
    CHECK(request.head.path_begin == request.head.target_begin);
    CHECK(request.head.minor_version == 1);
    CHECK(request.head.framing == Framing::length);
    CHECK(request.head.content_length == 5);
    CHECK(request.head.keep_alive);
    CHECK_FALSE(request.head.upgrade);
    CHECK_FALSE(request.head.nominates);
    REQUIRE(request.head.fields.size() == 5);
    CHECK(request.head.value(FieldName::host) == "api.example:8401");
    CHECK(request.head.value(FieldName::authorization) == "Bearer a.b-c_d~e+f/g==");
    CHECK(request.head.value_of(request.head.fields[2]).empty());
    CHECK(request.head.name_of(request.head.fields[3]) == "X-Caf~");
    CHECK(request.head.value_of(request.head.fields[3]) == "caf\xc3\xa9\xff");
    CHECK(request.head.count(FieldName::authorization) == 1);
    CHECK(request.head.find(FieldName::cookie) == nullptr);
    CHECK(request.head.fields.front().begin == request.head.line_end);
    CHECK(request.head.fields.back().end == text.size() - 2);
    for (std::size_t i = 1; i < request.head.fields.size(); ++i)
        CHECK(request.head.fields[i].begin == request.head.fields[i - 1].end);
}

TEST_CASE("empty lines before a request are skipped, and are no part of its head") {
    const ReadRequest request("\r\n\r\n" + get());
    REQUIRE(request.complete());
    CHECK(request.progress.octets == get().size() + 4);
    CHECK(request.head.bytes == get());
    CHECK(ReadRequest("\r\n").progress.progress == Progress::need_more);
    CHECK(ReadRequest("\r").progress.progress == Progress::need_more);
    CHECK(ReadRequest("").progress.progress == Progress::need_more);
    CHECK(ReadRequest("\n" + get()).refused() == 400);
    std::string many;
    for (int i = 0; i < 20; ++i) many += "\r\n";
    CHECK(ReadRequest(many).refused() == 400);
}

TEST_CASE("a head keeps the memory of its fields and nothing else between messages") {
    RequestHead head;
    const std::string first =
        get("Connection: close, X-Hop\r\nX-Hop: 1\r\nX: 1\r\nExpect: 100-continue\r\n");
    REQUIRE(parse_request_head(first, {}, head).progress == Progress::complete);
    CHECK(head.nominates);
    const FieldLine* memory = head.fields.data();
    const std::string second = get();
    REQUIRE(parse_request_head(second, {}, head).progress == Progress::complete);
    CHECK(head.fields.size() == 1);
    CHECK(head.fields.data() == memory);
    CHECK(head.keep_alive);
    CHECK_FALSE(head.nominates);
}

TEST_CASE("keep-alive follows the version and Connection") {
    const struct {
        const char* given;
        const char* version;
        const char* lines;
        bool kept;
    } rows[] = {
        {"1.1 says nothing", "1.1", "", true},
        {"1.1 closes", "1.1", "Connection: close\r\n", false},
        {"close in a list, on a second line", "1.1",
         "Connection: X-A ,keep-alive\r\nConnection: , CLOSE\r\n", false},
        {"1.0 says nothing", "1.0", "", false},
        {"1.0 keeps", "1.0", "Connection: Keep-Alive\r\n", true},
        {"close wins", "1.0", "Connection: keep-alive, close\r\n", false},
        {"Proxy-Connection is nothing", "1.0", "Proxy-Connection: keep-alive\r\n", false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        const ReadRequest request("GET / HTTP/" + std::string(row.version) + "\r\nHost: a\r\n" +
                                  row.lines + "\r\n");
        REQUIRE(request.complete());
        CHECK(request.head.keep_alive == row.kept);
    }
}

TEST_CASE("an upgrade needs HTTP/1.1, both fields, and a protocol that may be tunnelled") {
    const struct {
        const char* given;
        const char* version;
        const char* lines;
        bool upgrade;
    } rows[] = {
        {"WebSocket", "1.1", "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n", true},
        {"Upgrade alone", "1.1", "Upgrade: websocket\r\n", false},
        {"Connection alone", "1.1", "Connection: Upgrade\r\n", false},
        {"empty", "1.1", "Connection: Upgrade\r\nUpgrade:\r\n", false},
        {"HTTP/1.0", "1.0", "Connection: Upgrade\r\nUpgrade: websocket\r\n", false},
        {"h2c", "1.1", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n", false},
        {"h2c among others", "1.1", "Connection: Upgrade\r\nUpgrade: websocket, H2C\r\n", false},
        {"two lines", "1.1", "Connection: Upgrade\r\nUpgrade: websocket\r\nUpgrade: h2c\r\n",
         false},
        {"HTTP/2.0", "1.1", "Connection: Upgrade\r\nUpgrade: HTTP/2.0\r\n", false},
        {"TLS", "1.1", "Connection: Upgrade\r\nUpgrade: TLS/1.0\r\n", false},
        {"another protocol", "1.1", "Connection: upgrade\r\nUpgrade: tcp\r\n", true},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        const ReadRequest request("GET / HTTP/" + std::string(row.version) + "\r\nHost: a\r\n" +
                                  row.lines + "\r\n");
        REQUIRE(request.complete());
        CHECK(request.head.upgrade == row.upgrade);
    }
}

TEST_CASE("Expect is 100-continue or refused, and nothing in HTTP/1.0") {
    const ReadRequest waits(post("Expect: 100-Continue\r\nContent-Length: 5\r\n"));
    REQUIRE(waits.complete());
    CHECK(waits.head.expect_continue);
    const ReadRequest nothing_to_wait_with(get("Expect: 100-continue\r\n"));
    REQUIRE(nothing_to_wait_with.complete());
    CHECK_FALSE(nothing_to_wait_with.head.expect_continue);
    CHECK(ReadRequest(get("Expect: 200-maybe\r\n")).refused() == 417);
    CHECK(ReadRequest(post("Expect: 100-continue, x\r\nContent-Length: 5\r\n")).refused() == 417);
    const ReadRequest old("POST /c HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    REQUIRE(old.complete());
    CHECK_FALSE(old.head.expect_continue);
}

TEST_CASE("Max-Forwards ends at zero for TRACE and OPTIONS only") {
    const struct {
        const char* method;
        const char* value;
        int refused;
    } rows[] = {
        {"OPTIONS", "0", 405}, {"TRACE", "0", 405}, {"TRACE", "000", 405}, {"OPTIONS", "3", 0},
        {"GET", "0", 0},       {"TRACE", "10", 0},  {"TRACE", "", 0},      {"TRACE", "many", 0},
    };
    for (const auto& row : rows) {
        CAPTURE(row.method);
        CAPTURE(row.value);
        const ReadRequest request(std::string(row.method) +
                                  " /c HTTP/1.1\r\nHost: a\r\nMax-Forwards: " + row.value +
                                  "\r\n\r\n");
        CHECK(request.refused() == row.refused);
    }
}

TEST_CASE("any method passes, and CONNECT is refused") {
    for (const char* method : {"GET", "PROPFIND", "get", "M-SEARCH", "X!#$%&'*+-.^_`|~9"}) {
        CAPTURE(method);
        CHECK(ReadRequest(std::string(method) + " / HTTP/1.1\r\nHost: a\r\n\r\n").complete());
    }
    CHECK(ReadRequest("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n").refused() == 405);
    CHECK(ReadRequest("CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n").refused() == 405);
    CHECK(ReadRequest(std::string(65, 'A') + " / HTTP/1.1\r\nHost: a\r\n\r\n").refused() == 501);
}

TEST_CASE("a request line has one form") {
    const struct {
        const char* given;
        const char* line;
        int refused;
    } rows[] = {
        {"two spaces before the target", "GET  /c HTTP/1.1", 400},
        {"two spaces before the version", "GET /c  HTTP/1.1", 400},
        {"a tab", "GET\t/c HTTP/1.1", 400},
        {"a tab in the target", "GET /c\tHTTP/1.1 HTTP/1.1", 400},
        {"white space at the start", " GET /c HTTP/1.1", 400},
        {"white space at the end", "GET /c HTTP/1.1 ", 400},
        {"a space in the target", "GET /a b HTTP/1.1", 400},
        {"no target", "GET HTTP/1.1", 400},
        {"an empty target", "GET  HTTP/1.1", 400},
        {"HTTP/0.9", "GET /c", 400},
        {"HTTP/0.9 said", "GET /c HTTP/0.9", 400},
        {"small letters", "GET /c http/1.1", 400},
        {"HTTP/1.2", "GET /c HTTP/1.2", 505},
        {"HTTP/1.9", "GET /c HTTP/1.9", 505},
        {"HTTP/2.0", "GET /c HTTP/2.0", 505},
        {"HTTP/3.1", "GET /c HTTP/3.1", 505},
        {"HTTP/2", "GET /c HTTP/2", 400},
        {"HTTP/11", "GET /c HTTP/11", 400},
        {"HTTP/1.10", "GET /c HTTP/1.10", 400},
        {"HTTP/01.1", "GET /c HTTP/01.1", 400},
        {"HTTP/1,1", "GET /c HTTP/1,1", 400},
        {"another protocol", "GET /c ICAP/1.1", 400},
        {"no word as a method", "G(E)T /c HTTP/1.1", 400},
        {"a colon in the method", "GET: /c HTTP/1.1", 400},
        {"a NUL in the target", "GET /c\x01 HTTP/1.1", 400},
        {"a DEL in the target", "GET /c\x7f HTTP/1.1", 400},
        {"a vertical tab for a space", "GET\x0b/c HTTP/1.1", 400},
        {"the preface of HTTP/2", "PRI * HTTP/2.0", 505},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        CHECK(ReadRequest(std::string(row.line) + "\r\nHost: a\r\n\r\n").refused() == row.refused);
    }
    using namespace std::string_literals;
    CHECK(ReadRequest("GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n"s).refused() == 400);
    CHECK(ReadRequest("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").refused() == 505);
}

TEST_CASE("a TLS handshake is called one, whatever its octets look like") {
    for (const char* hello : {"\x16\x03\x01\x02", "\x16\x03\x01\n\x01", "\x16\x03\r\n\r\n"}) {
        const ReadRequest request(hello);
        CHECK(request.refused() == 400);
        CHECK(request.progress.flaw.words.find("TLS handshake") != std::string_view::npos);
    }
}

TEST_CASE("what cannot become a request is refused before its head ends") {
    using namespace std::string_literals;
    const struct {
        const char* given;
        std::string bytes;
        int refused;
    } rows[] = {
        {"a TLS handshake", "\x16\x03\x01\x00\xa5"s, 400},
        {"zeros", std::string(300, '\0'), 400},
        {"SOCKS", "\x05\x01\x00"s, 400},
        {"SSH", "SSH-2.0-OpenSSH_9.2\r\n"s, 400},
        {"HTTP/0.9", "GET /\r\n"s, 400},
        {"another version", "GET / HTTP/1.2\r\nHo"s, 505},
        {"a bare LF", "GET / HTTP/1.1\nHost: a\n"s, 400},
        {"a fold", "GET / HTTP/1.1\r\nX: a\r\n b"s, 400},
        {"a fold behind the request line", "GET / HTTP/1.1\r\n Host: a\r\n"s, 400},
        {"a long target", "GET /" + std::string(17 * 1024, 'a'), 414},
        {"a long head", "GET / HTTP/1.1\r\nX: " + std::string(65 * 1024, 'a'), 431},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        CHECK(ReadRequest(row.bytes).refused() == row.refused);
    }
}

TEST_CASE("limits are said apart") {
    HeadLimits limits;
    limits.octets = 1000;
    limits.fields = 10;
    limits.target = 100;
    std::string ten;
    for (int i = 0; i < 9; ++i) ten += "X: 1\r\n";
    CHECK(ReadRequest(get(ten), limits).complete());
    CHECK(ReadRequest(get(ten + "X: 1\r\n"), limits).refused() == 431);
    CHECK(ReadRequest(get("X: " + std::string(1000, 'a') + "\r\n"), limits).refused() == 431);
    const std::string end = " HTTP/1.1\r\nHost: a\r\n\r\n";
    CHECK(ReadRequest("GET /" + std::string(99, 'a') + end, limits).complete());
    CHECK(ReadRequest("GET /" + std::string(100, 'a') + end, limits).refused() == 414);
    CHECK(ReadRequest("GET /" + std::string(5000, 'a') + end, limits).refused() == 414);
}

TEST_CASE("ninety fields pass, in their order") {
    std::string lines;
    for (int i = 0; i < 90; ++i)
        lines += "X-" + std::to_string(i) + ": v" + std::to_string(i) + "\r\n";
    const ReadRequest request(get(lines));
    REQUIRE(request.complete());
    REQUIRE(request.head.fields.size() == 91);
    for (std::size_t i = 0; i < 90; ++i)
        CHECK(request.head.value_of(request.head.fields[i + 1]) == "v" + std::to_string(i));
}

TEST_CASE("a Connection of very many options is refused") {
    std::string options = "Connection: a";
    for (int i = 0; i < 70; ++i) options += ", a";
    CHECK(ReadRequest(get(options + "\r\n")).refused() == 400);
}

TEST_CASE("every flaw names a section and says something of its own") {
    for (const std::string& text :
         {get("X : 1\r\n"), get("Host: b\r\n"), get("X: \x01\r\n"), std::string("\x16\x03")}) {
        const ReadRequest request(text);
        REQUIRE(request.refused() == 400);
        CHECK(request.progress.flaw.section.substr(0, 4) == "RFC ");
        CHECK(request.progress.flaw.words.size() > 10);
    }
}

}  // namespace
}  // namespace whogoes::http
