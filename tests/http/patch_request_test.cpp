#include "http/messages.hpp"
#include "proxy/http/field_line.hpp"
#include "proxy/http/patch.hpp"

#include <doctest/doctest.h>

#include <string>

namespace whogoes::http {
namespace {

RequestPatch plain() {
    RequestPatch patch;
    patch.forwarded = ForwardedStyle::off;
    return patch;
}

RequestPatch full() {
    RequestPatch patch;
    patch.client_address = "127.0.0.1";
    patch.client_scheme = "http";
    patch.trusted = true;
    patch.via = "1.1 whogoes-1a2b3c4d";
    return patch;
}

std::string patched(const std::string& text, const RequestPatch& patch) {
    ReadRequest request(text);
    REQUIRE(request.complete());
    std::string scratch = "left over";
    const PatchedHead head = patch_request(request.head, request.memory(), patch, scratch);
    CHECK(head.kept.substr(head.kept.size() - 2) == "\r\n");
    return std::string(head.kept) + std::string(head.added);
}

TEST_CASE("what is not the proxy's passes byte for byte") {
    const std::string text =
        get("x-L:  1 \r\nAuthorization: Bearer a.b-c_d~e+f/g==\r\nX-L: 2\r\n"
            "Cookie: a=1; b=\"x, y\"\r\nX-E:\r\nX-H: caf\xc3\xa9\xff\r\n");
    CHECK(patched(text, plain()) == text);
}

TEST_CASE("what would end its line does not enter a head, whoever says it") {
    const std::string evil = "x\r\nTransfer-Encoding: chunked\r\n\r\nGET /admin HTTP/1.1";
    for (const std::string& value :
         {evil, std::string("x\ny"), std::string("x\ry"), std::string("x\0y", 3),
          std::string("\x7f"), std::string(" x"), std::string("x\t")}) {
        CAPTURE(value);
        RequestPatch patch = plain();
        patch.forwarded = ForwardedStyle::both;
        patch.client_address = patch.client_scheme = patch.host = patch.via = patch.authorization =
            value;
        std::string seen = patched(get("A: 1\r\n"), patch);
        CHECK(seen.find(value) == std::string::npos);
        CHECK(seen.find("Transfer-Encoding") == std::string::npos);
        CHECK(seen.find("A: 1\r\n") != std::string::npos);
        std::string lines = "B: 2\r\n";
        CHECK_FALSE(append_field(lines, "X", value));
        CHECK(lines == "B: 2\r\n");
    }
    std::string lines;
    CHECK(append_field(lines, "X", "a\tb \xc3\xa9"));
    CHECK(append_field(lines, "Y", ""));
    CHECK(lines == "X: a\tb \xc3\xa9\r\nY: \r\n");
}

TEST_CASE("what belongs to the client's connection is cut") {
    const struct {
        const char* given;
        const char* lines;
        const char* kept;
    } rows[] = {
        {"Connection", "A: 1\r\nConnection: keep-alive\r\nB: 2\r\n", "A: 1\r\nB: 2\r\n"},
        {"nominated", "X-Hop: 1\r\nConnection: X-Hop\r\nx-hop: 2\r\nX-Keep: 3\r\n",
         "X-Keep: 3\r\n"},
        {"two lines, any case, white space",
         "Connection: keep-alive , X-A\r\nconnection:x-B\r\nX-a: 1\r\nX-B: 1\r\nC: 1\r\n",
         "C: 1\r\n"},
        {"Keep-Alive", "Keep-Alive: timeout=99\r\n", ""},
        {"Proxy-Connection", "Proxy-Connection: keep-alive\r\n", ""},
        {"TE", "TE: trailers, deflate;q=0.5\r\n", ""},
        {"TE nominated", "Connection: TE\r\nTE: gzip\r\n", ""},
        {"Upgrade alone", "Upgrade: websocket\r\n", ""},
        {"h2c",
         "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n", ""},
        {"HTTP2-Settings alone", "HTTP2-Settings: AAMAAABk\r\n", ""},
        {"a Trailer without chunks", "Trailer: X-T\r\n", ""},
        {"Proxy-Authorization is not ours", "Proxy-Authorization: Basic eDp5\r\n",
         "Proxy-Authorization: Basic eDp5\r\n"},
        {"empty options", "Connection: ,, ,\r\nA: 1\r\n", "A: 1\r\n"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        CHECK(patched(get(row.lines), plain()) == get(row.kept));
    }
}

TEST_CASE("naming a field in Connection does not strip what others rely on") {
    for (const char* line :
         {"Host: example.test", "Content-Length: 5", "Content-Type: text/plain",
          "Authorization: Bearer a", "Cache-Control: no-store", "Cookie: a=b", "Via: 1.0 fred",
          "X-Forwarded-For: 6.6.6.6", "X-Forwarded-Prefix: /a", "X-Real-IP: 1.2.3.4",
          "If-Match: \"a\"", "Range: bytes=0-1", "Accept: */*", "Sec-Fetch-Site: same-origin",
          "DPoP: a", "Origin: http://a", "Referer: http://a", "Expect: 100-continue"}) {
        CAPTURE(line);
        const std::string text(line);
        const std::string name = text.substr(0, text.find(':'));
        const std::string host = name == "Host" ? "" : "Host: a\r\n";
        const std::string start = "POST / HTTP/1.1\r\n" + host;
        CHECK(patched(start + "Connection: " + name + "\r\n" + text + "\r\n\r\n", plain()) ==
              start + text + "\r\n\r\n");
    }
    const std::string chunked = post("Transfer-Encoding: chunked\r\nTrailer: X-T\r\n");
    CHECK(patched(post("Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked\r\nTrailer: "
                       "X-T\r\n"),
                  plain()) == chunked);
}

TEST_CASE("the client and the way are told to the upstream") {
    RequestPatch patch = full();
    CHECK(patched(get(), patch) ==
          get("X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: http\r\n"
              "X-Forwarded-Host: example.test\r\nVia: 1.1 whogoes-1a2b3c4d\r\n"));
    CHECK(patched(get("X-Forwarded-For: 1.2.3.4\r\nA: 1\r\nx-forwarded-for: 5.6.7.8, 9.9.9.9\r\n"
                      "X-Forwarded-Proto: https\r\nX-Forwarded-Host: a.test\r\n"
                      "X-Forwarded-Port: 443\r\nVia: 1.0 fred\r\nForwarded: for=x\r\n"),
                  patch) == get("A: 1\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: a.test\r\n"
                                "X-Forwarded-Port: 443\r\nVia: 1.0 fred\r\nForwarded: for=x\r\n"
                                "X-Forwarded-For: 1.2.3.4, 5.6.7.8, 9.9.9.9, 127.0.0.1\r\n"
                                "Via: 1.1 whogoes-1a2b3c4d\r\n"));
    CHECK(patched(get("Connection: X-Forwarded-For\r\nX-Forwarded-For: 6.6.6.6\r\n"), patch)
              .find("X-Forwarded-For: 6.6.6.6, 127.0.0.1\r\n") != std::string::npos);
}

TEST_CASE("what a stranger says of the way here is replaced, and its disguises are cut") {
    RequestPatch patch = full();
    patch.trusted = false;
    patch.via = "";
    const std::string claims =
        "X-Forwarded-For: 1.2.3.4\r\nA: 1\r\nx-forwarded-for: 5.6.7.8\r\n"
        "X-Forwarded-Proto: https\r\nX-Forwarded-Host: evil.test\r\nX-Forwarded-Port: 443\r\n"
        "X_Forwarded_For: 9.9.9.9\r\nX.Forwarded.Proto: https\r\nX-Forwarded_Host: evil\r\n"
        "X-Forwarded-Ssl: on\r\nX-Forwarded-Scheme: https\r\nX-Forwarded-Prefix: /evil\r\n"
        "Forwarded: for=9.9.9.9\r\nX-Forwarded-User: eve\r\n";
    CHECK(patched(get(claims), patch) ==
          get("A: 1\r\nX-Forwarded-User: eve\r\nX-Forwarded-For: 127.0.0.1\r\n"
              "X-Forwarded-Proto: http\r\nX-Forwarded-Host: example.test\r\n"
              "X-Forwarded-Port: 80\r\n"));
    patch.client_address = "";  // a unix socket
    patch.client_host = "a.test:8443";
    patch.client_scheme = "https";
    CHECK(patched(get(claims), patch) ==
          get("A: 1\r\nX-Forwarded-User: eve\r\nX-Forwarded-Proto: https\r\n"
              "X-Forwarded-Host: a.test:8443\r\nX-Forwarded-Port: 8443\r\n"));
    patch.forwarded = ForwardedStyle::forwarded;
    patch.client_host = "";
    patch.client_address = "127.0.0.1";
    CHECK(patched(get(claims), patch) ==
          get("A: 1\r\nX-Forwarded-User: eve\r\n"
              "Forwarded: for=127.0.0.1;host=example.test;proto=https\r\n"));
    patch.forwarded = ForwardedStyle::off;
    CHECK(patched(get(claims), patch) == get(claims));
}

TEST_CASE("who is trusted keeps what it said, but for the disguises that it let through") {
    RequestPatch patch = full();
    patch.via = "";
    const std::string said =
        "X-Forwarded-Proto: https\r\nX-Forwarded-Host: a.test\r\nX-Forwarded-Port: 443\r\n"
        "X-Forwarded-Prefix: /a\r\nForwarded: for=x\r\n";
    CHECK(patched(get(said + "X_Forwarded_Proto: http\r\n"), patch) ==
          get(said + "X-Forwarded-For: 127.0.0.1\r\n"));
    CHECK(patched(get("X-Forwarded-Proto:\r\n"), patch) ==
          get("X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: http\r\n"
              "X-Forwarded-Host: example.test\r\n"));
    patch.forwarded = ForwardedStyle::forwarded;
    CHECK(patched(get("Forwarded: for=1.2.3.4;proto=https\r\n"), patch) ==
          get("Forwarded: for=1.2.3.4;proto=https, for=127.0.0.1\r\n"));
    patch.client_host = "b.test";
    CHECK(patched(get("Forwarded: for=1.2.3.4\r\n"), patch) ==
          get("Forwarded: for=1.2.3.4, for=127.0.0.1;host=b.test;proto=http\r\n"));
}

TEST_CASE("Forwarded quotes what is no word") {
    RequestPatch patch = full();
    patch.via = "";
    patch.forwarded = ForwardedStyle::forwarded;
    CHECK(patched(get("X-Forwarded-For: 1.2.3.4\r\n"), patch) ==
          get("X-Forwarded-For: 1.2.3.4\r\nForwarded: "
              "for=127.0.0.1;host=example.test;proto=http\r\n"));
    patch.client_address = "::1";
    patch.client_scheme = "https";
    CHECK(patched(
              "GET / HTTP/1.1\r\nHost: [::1]:8401\r\nForwarded: for=a\r\nforwarded: for=b\r\n\r\n",
              patch) ==
          "GET / HTTP/1.1\r\nHost: [::1]:8401\r\n"
          "Forwarded: for=a, for=b, for=\"[::1]\";host=\"[::1]:8401\";proto=https\r\n\r\n");
    patch.client_address = "";
    CHECK(patched(get(), patch) == get("Forwarded: for=unknown;host=example.test;proto=https\r\n"));
    patch.forwarded = ForwardedStyle::both;
    patch.client_address = "10.0.0.1";
    CHECK(patched(get(), patch) ==
          get("X-Forwarded-For: 10.0.0.1\r\nX-Forwarded-Proto: https\r\n"
              "X-Forwarded-Host: example.test\r\n"
              "Forwarded: for=10.0.0.1;host=example.test;proto=https\r\n"));
}

TEST_CASE("an upgrade passes both fields on, when it may") {
    const std::string text =
        get("Connection: keep-alive, Upgrade, X-Hop\r\nUpgrade: websocket\r\nX-Hop: 1\r\n");
    CHECK(patched(text, plain()) == get("Upgrade: websocket\r\nConnection: Upgrade\r\n"));
    RequestPatch patch = plain();
    patch.keep_upgrade = false;
    CHECK(patched(text, patch) == get());
}

TEST_CASE("the upstream's own Host replaces the client's, which is told apart") {
    RequestPatch patch = full();
    patch.via = "";
    patch.host = "api.example";
    patch.lines = "X-Request-Id: 1\r\n";
    CHECK(patched(get("A: 1\r\n"), patch) ==
          "GET /c HTTP/1.1\r\nA: 1\r\nHost: api.example\r\nX-Forwarded-For: 127.0.0.1\r\n"
          "X-Forwarded-Proto: http\r\nX-Forwarded-Host: example.test\r\nX-Request-Id: 1\r\n\r\n");
}

TEST_CASE("a replay has the new credential in place of every old one") {
    RequestPatch patch = plain();
    patch.authorization = "Bearer new";
    CHECK(patched(get("Authorization: Bearer old\r\nA: 1\r\nauthorization: Basic eDp5\r\n"),
                  patch) == get("A: 1\r\nAuthorization: Bearer new\r\n"));
}

TEST_CASE("an absolute target becomes a path") {
    const struct {
        const char* given;
        const char* line;
        const char* sent;
    } rows[] = {
        {"with a path", "GET http://a.test/b?c=http://d/", "GET /b?c=http://d/"},
        {"without a path", "GET http://a.test", "GET /"},
        {"with a query alone", "GET http://a.test?b", "GET /?b"},
        {"a long method", "VERSION-CONTROL http://a.test/b", "VERSION-CONTROL /b"},
        {"OPTIONS of the server", "OPTIONS http://a.test", "OPTIONS *"},
        {"OPTIONS of a path", "OPTIONS http://a.test/", "OPTIONS /"},
        {"OPTIONS of a query", "OPTIONS http://a.test?b", "OPTIONS /?b"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        const std::string rest = " HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\nX: 1\r\n\r\n";
        const std::string sent = " HTTP/1.1\r\nHost: a.test\r\nX: 1\r\n\r\n";
        CHECK(patched(row.line + rest, plain()) == row.sent + sent);
    }
}

TEST_CASE("method, path and framing stay readable behind a patch") {
    ReadRequest request(
        "POST http://a.test/b HTTP/1.1\r\nConnection: close\r\nHost: a.test\r\nContent-Length: "
        "3\r\n\r\n");
    std::string scratch;
    patch_request(request.head, request.memory(), full(), scratch);
    CHECK(request.head.method() == "POST");
    CHECK(request.head.bytes.substr(request.head.path_begin,
                                    request.head.target_end - request.head.path_begin) == "/b");
    CHECK(request.head.content_length == 3);
}

TEST_CASE("an HTTP/1.0 request goes on as HTTP/1.1 with a Host") {
    CHECK(patched("GET / HTTP/1.0\r\nHost: a.test\r\nConnection: keep-alive\r\nExpect: "
                  "100-continue\r\n\r\n",
                  plain()) == "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
    CHECK(patched("GET / HTTP/1.0\r\n\r\n", plain()) == "GET / HTTP/1.0\r\n\r\n");
    RequestPatch patch = plain();
    patch.default_host = "localhost:3000";
    CHECK(patched("GET / HTTP/1.0\r\n\r\n", patch) ==
          "GET / HTTP/1.1\r\nHost: localhost:3000\r\n\r\n");
    CHECK(patched("GET http://a.test/ HTTP/1.0\r\n\r\n", patch) ==
          "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
    CHECK(patched("GET / HTTP/1.0\r\nHost: a.test\r\n\r\n", patch) ==
          "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
}

TEST_CASE("Max-Forwards is one less for TRACE and OPTIONS") {
    const struct {
        const char* method;
        const char* value;
        const char* sent;
    } rows[] = {
        {"OPTIONS", "3", "3 - 1"}, {"TRACE", "10", " 9"},   {"TRACE", "100", " 99"},
        {"TRACE", "1", "0"},       {"TRACE", "20", "19"},   {"GET", "3", "3"},
        {"TRACE", "abc", "abc"},   {"TRACE", "010", "009"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.method);
        CAPTURE(row.value);
        const std::string start =
            std::string(row.method) + " / HTTP/1.1\r\nHost: a\r\nMax-Forwards: ";
        const std::string sent = row.sent == std::string("3 - 1") ? "2" : row.sent;
        CHECK(patched(start + row.value + "\r\n\r\n", plain()) == start + sent + "\r\n\r\n");
    }
}

TEST_CASE("empty lines in front of a request do not go on") {
    CHECK(patched("\r\n" + get("Connection: close\r\n"), plain()) == get());
}

}  // namespace
}  // namespace whogoes::http
