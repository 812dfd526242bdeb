#include "http/messages.hpp"
#include "proxy/http/patch.hpp"

#include <doctest/doctest.h>

#include <string>

namespace whogoes::http {
namespace {

std::string patched(const std::string& text, const ResponsePatch& patch = {},
                    const RequestHead& request = {}) {
    ReadResponse response(text, request);
    REQUIRE(response.complete());
    std::string scratch = "left over";
    const PatchedHead head = patch_response(response.head, response.bytes.data(), patch, scratch);
    return std::string(head.kept) + std::string(head.added);
}

TEST_CASE("an answer without hop-by-hop fields passes byte for byte") {
    const std::string text =
        ok("Content-Type:text/plain\r\nSet-Cookie: a=1; Expires=Wed, 09 Jun 2027 10:18:14 GMT\r\n"
           "Set-Cookie: b=2\r\nWWW-Authenticate: Newauth realm=\"a, b\", type=1\r\n"
           "Proxy-Authenticate: Basic realm=\"x\"\r\nContent-Length:  2\r\nX-E:\r\n");
    CHECK(patched(text) == text);
    CHECK(patched("HTTP/1.1 401\r\n\r\n") == "HTTP/1.1 401\r\n\r\n");
}

TEST_CASE("what belongs to the upstream's connection is cut") {
    const struct {
        const char* given;
        const char* lines;
        const char* kept;
    } rows[] = {
        {"nominated", "Connection: X-Hop, close\r\nX-Hop: 1\r\nContent-Length: 2\r\n",
         "Content-Length: 2\r\n"},
        {"Keep-Alive", "Connection: keep-alive\r\nKeep-Alive: timeout=77\r\nA: 1\r\n", "A: 1\r\n"},
        {"Proxy-Connection", "Proxy-Connection: close\r\nA: 1\r\n", "A: 1\r\n"},
        {"Upgrade", "Upgrade: h2c\r\nConnection: Upgrade\r\n", ""},
        {"protected by their meaning",
         "Connection: Set-Cookie, WWW-Authenticate, Content-Length, Cache-Control, ETag\r\n"
         "Set-Cookie: a=b\r\nWWW-Authenticate: Bearer\r\nContent-Length: 2\r\n"
         "Cache-Control: no-store\r\nETag: \"a\"\r\n",
         "Set-Cookie: a=b\r\nWWW-Authenticate: Bearer\r\nContent-Length: 2\r\n"
         "Cache-Control: no-store\r\nETag: \"a\"\r\n"},
        {"a Trailer with chunks stays", "Transfer-Encoding: chunked\r\nTrailer: X-T\r\n",
         "Transfer-Encoding: chunked\r\nTrailer: X-T\r\n"},
        {"a Trailer without chunks goes", "Content-Length: 2\r\nTrailer: X-T\r\n",
         "Content-Length: 2\r\n"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        CHECK(patched(ok(row.lines)) == ok(row.kept));
    }
}

TEST_CASE("the client's connection is announced") {
    ResponsePatch close;
    close.close = true;
    CHECK(patched(ok("Connection: keep-alive\r\nA: 1\r\n"), close) ==
          ok("A: 1\r\nConnection: close\r\n"));
    ResponsePatch keep;
    keep.keep_alive_1_0 = true;
    CHECK(patched(ok("A: 1\r\n"), keep) == ok("A: 1\r\nConnection: keep-alive\r\n"));
    keep.close = true;
    CHECK(patched(ok(), keep) == ok("Connection: close\r\n"));
}

TEST_CASE("a 101 keeps its Upgrade, and a 426 says what it wants") {
    const ReadRequest asking(get("Connection: Upgrade\r\nUpgrade: websocket\r\n"));
    const RequestHead& request = asking.head;
    ResponsePatch patch;
    patch.keep_upgrade = true;
    CHECK(patched("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: "
                  "websocket\r\nSec-WebSocket-Accept: x\r\n\r\n",
                  patch, request) ==
          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n"
          "Connection: Upgrade\r\n\r\n");
    ResponsePatch close;
    close.close = true;
    CHECK(patched("HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nConnection: "
                  "Upgrade\r\nContent-Length: 0\r\n\r\n",
                  close) ==
          "HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nContent-Length: 0\r\n"
          "Connection: Upgrade, close\r\n\r\n");
}

TEST_CASE("an answer without a body has no length where none may be") {
    CHECK(patched("HTTP/1.1 204 No Content\r\nContent-Length: 41\r\nA: 1\r\n\r\n") ==
          "HTTP/1.1 204 No Content\r\nA: 1\r\n\r\n");
    CHECK(patched("HTTP/1.1 103 Early Hints\r\nTransfer-Encoding: chunked\r\nLink: </a>\r\n\r\n") ==
          "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
    const std::string not_modified = "HTTP/1.1 304 Not Modified\r\nContent-Length: 41\r\n\r\n";
    CHECK(patched(not_modified) == not_modified);
    RequestHead head;
    head.is_head = true;
    CHECK(patched(ok("Content-Length: 50\r\n"), {}, head) == ok("Content-Length: 50\r\n"));
}

TEST_CASE("chunks are not announced to an HTTP/1.0 client") {
    ResponsePatch patch;
    patch.drop_chunked = true;
    patch.close = true;
    CHECK(patched(ok("Transfer-Encoding: chunked\r\nTrailer: X-T\r\nA: 1\r\n"), patch) ==
          ok("A: 1\r\nConnection: close\r\n"));
}

TEST_CASE("our version is our own") {
    CHECK(patched("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n") == ok("Content-Length: 2\r\n"));
}

TEST_CASE("lines are added behind those that came, and named ones cut") {
    ResponsePatch patch;
    patch.lines = "WWW-Authenticate: Bearer realm=\"api\"\r\n";
    patch.date = "Mon, 21 Sep 2026 14:13:20 GMT";
    CHECK(patched("HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\n", patch) ==
          "HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n"
          "Date: Mon, 21 Sep 2026 14:13:20 GMT\r\nWWW-Authenticate: Bearer realm=\"api\"\r\n\r\n");
    CHECK(patched(ok("date: x\r\n"), patch) ==
          ok("date: x\r\nWWW-Authenticate: Bearer realm=\"api\"\r\n"));

    ResponsePatch replace;
    replace.replace_expose_headers = true;
    replace.lines = "Access-Control-Expose-Headers: X-A, WWW-Authenticate\r\n";
    CHECK(patched(ok("Access-Control-Expose-Headers: X-A\r\nA: 1\r\n"), replace) ==
          ok("A: 1\r\nAccess-Control-Expose-Headers: X-A, WWW-Authenticate\r\n"));

    ResponsePatch cut;
    cut.cut = "set-cookie, x-powered-by";
    CHECK(patched(ok("Set-Cookie: a=b\r\nX-Powered-By: c\r\nA: 1\r\nset-cookie: d\r\n"), cut) ==
          ok("A: 1\r\n"));
}

}  // namespace
}  // namespace whogoes::http
