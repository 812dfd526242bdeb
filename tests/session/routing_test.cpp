#include "tests/support/rig.hpp"

#include <doctest/doctest.h>

#include <string>

// The field lines that a proxy owns: Host, X-Forwarded-*, Forwarded, Via, Connection and its like.
namespace whogoes::support {
namespace {

std::string host_upstream(const std::string& configured_host, upstream::HostHeader host_header) {
    RigOptions options;
    options.settings.upstream.host = configured_host;
    options.settings.upstream.host_header = host_header;
    Rig rig(options);
    rig.upstream.will_answer(ok());
    rig.get("/");
    return rig.upstream.request(0).field("Host");
}

TEST_CASE(
    "Host is the client's own for a local upstream, unless the configuration says otherwise") {
    using upstream::HostHeader;
    CHECK(host_upstream("127.0.0.1", HostHeader::auto_) == "client.example");
    CHECK(host_upstream("localhost", HostHeader::auto_) == "client.example");
    CHECK(host_upstream("127.0.0.1", HostHeader::pass) == "client.example");
    CHECK(host_upstream("127.0.0.1", HostHeader::upstream).starts_with("127.0.0.1:"));
    CHECK(host_upstream("localhost", HostHeader::upstream).starts_with("localhost:"));
}

TEST_CASE("an HTTP/1.0 request without Host gets the upstream's") {
    Rig rig;
    rig.upstream.will_answer(ok());
    rig.ask("GET / HTTP/1.0\r\n\r\n");
    CHECK(rig.upstream.request(0).field("Host") ==
          rig.origin().substr(std::string("http://").size()));
}

TEST_CASE("where a request came from is told in the style that is asked for") {
    using http::ForwardedStyle;
    const std::string chain =
        "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\nForwarded: for=192.0.2.7\r\n";
    const struct {
        std::string given;
        ForwardedStyle style;
        const char* chain_for;
        const char* chain_proto;
        const char* host;
        const char* forwarded;
    } rows[] = {
        {"x-forwarded", ForwardedStyle::x_forwarded, "192.0.2.7, 127.0.0.1", "https",
         "client.example", "for=192.0.2.7"},
        {"forwarded", ForwardedStyle::forwarded, "192.0.2.7", "https", "",
         "for=192.0.2.7, for=127.0.0.1;host=client.example;proto=http"},
        {"both", ForwardedStyle::both, "192.0.2.7, 127.0.0.1", "https", "client.example",
         "for=192.0.2.7, for=127.0.0.1;host=client.example;proto=https"},
        {"off", ForwardedStyle::off, "192.0.2.7", "https", "", "for=192.0.2.7"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        RigOptions options;
        options.settings.forwarded = row.style;
        Rig rig(options);
        rig.upstream.will_answer(ok());
        rig.get("/", chain);
        const Message sent = rig.upstream.request(0);
        CHECK(sent.field("X-Forwarded-For") == row.chain_for);
        CHECK(sent.field("X-Forwarded-Proto") == row.chain_proto);
        CHECK(sent.field("X-Forwarded-Host") == row.host);
        CHECK(sent.field("Forwarded") == row.forwarded);
    }
}

TEST_CASE("an absolute target is served by whatever name, as long as it is Host's") {
    const struct {
        std::string given;
        std::vector<std::string> names;
        std::string request;
        int status;
    } rows[] = {
        {"any name", {}, "GET http://any.example/a HTTP/1.1\r\nHost: any.example\r\n\r\n", 200},
        {"with a port",
         {},
         "GET http://any.example:81/a HTTP/1.1\r\nHost: any.example:81\r\n\r\n",
         200},
        {"https, as a TLS terminator passes it",
         {},
         "GET https://any.example/a HTTP/1.1\r\nHost: any.example\r\n\r\n",
         200},
        {"HTTP/1.0 without Host", {}, "GET http://any.example/a HTTP/1.0\r\n\r\n", 200},
        {"another than Host",
         {},
         "GET http://any.example/a HTTP/1.1\r\nHost: b.example\r\n\r\n",
         421},
        {"a configured name",
         {"api.example"},
         "GET http://API.example/a HTTP/1.1\r\nHost: api.example\r\n\r\n",
         200},
        {"loopback beside configured names",
         {"api.example"},
         "GET http://127.0.0.1:8401/a HTTP/1.1\r\nHost: 127.0.0.1:8401\r\n\r\n",
         200},
        {"another than the configured ones",
         {"api.example"},
         "GET http://any.example/a HTTP/1.1\r\nHost: any.example\r\n\r\n",
         421},
        {"another than the configured ones, HTTP/1.0",
         {"api.example"},
         "GET http://any.example/a HTTP/1.0\r\n\r\n",
         421},
        {"HTTP/1.0 by a configured name",
         {"api.example"},
         "GET http://api.example/a HTTP/1.0\r\n\r\n",
         200},
        {"a path is for any name",
         {"api.example"},
         "GET /a HTTP/1.1\r\nHost: any.example\r\n\r\n",
         200},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        RigOptions options;
        options.settings.host_names = row.names;
        Rig rig(options);
        rig.upstream.always([](Talk& talk) { talk.answer(ok()); });
        CHECK(rig.ask(row.request).status() == row.status);
        REQUIRE(rig.upstream.requests().size() == (row.status == 200 ? 1 : 0));
        if (row.status == 200) CHECK(rig.upstream.request(0).target() == "/a");
    }
}

TEST_CASE("Via is added to what is there, so that a loop is seen") {
    Rig rig;
    rig.upstream.will_answer(ok());
    rig.get("/", "Via: 1.1 other\r\n");
    CHECK(rig.upstream.request(0).fields("Via") ==
          std::vector<std::string>{"1.1 other", "1.1 whogoes-0badcafe"});
}

TEST_CASE("what belongs to one connection ends there, and nothing else does") {
    Rig rig;
    rig.upstream.will_answer(ok("",
                                "Connection: keep-alive, X-Hop\r\nKeep-Alive: timeout=5\r\n"
                                "X-Hop: 1\r\nX-End: 2\r\nDate: then\r\n"));
    const Message reply =
        rig.get("/",
                "Connection: close, X-Hop, Authorization, Cache-Control\r\nX-Hop: 1\r\n"
                "Authorization: Bearer abc\r\nCache-Control: no-cache\r\nTE: trailers\r\n"
                "Proxy-Connection: close\r\nX-End: 2\r\n");
    const Message sent = rig.upstream.request(0);
    for (const char* cut : {"Connection", "X-Hop", "TE", "Proxy-Connection"}) {
        CAPTURE(cut);
        CHECK_FALSE(sent.has(cut));
    }
    CHECK(sent.field("Authorization") == "Bearer abc");
    CHECK(sent.field("Cache-Control") == "no-cache");
    CHECK(sent.field("X-End") == "2");
    CHECK_FALSE(reply.has("Keep-Alive"));
    CHECK_FALSE(reply.has("X-Hop"));
    CHECK(reply.field("X-End") == "2");
    CHECK(reply.field("Date") == "then");
    CHECK(reply.field("Connection") == "close");
}

TEST_CASE("what is not cut or added passes byte for byte") {
    Rig rig;
    const std::string odd = "x-a:1\r\nX-A:   2  \r\nx-empty:\r\nX-\xc3\xa9: \xff\x80\r\n";
    // A name outside ASCII is no token: it is left out of the request and kept out of the row.
    const std::string fields = "x-a:1\r\nX-A:   2  \r\nx-empty:\r\nX-Octets: \xff\x80\r\n";
    rig.upstream.will_answer("HTTP/1.1 200 Fine, thanks\r\n" + fields +
                             "Date: d\r\nContent-Length: 0\r\n\r\n");
    const Message reply = rig.get("/a//b/../c?x=%41&y=", fields);
    CHECK(reply.head ==
          "HTTP/1.1 200 Fine, thanks\r\n" + fields + "Date: d\r\nContent-Length: 0\r\n\r\n");
    const std::string sent = rig.upstream.request(0).head;
    CHECK(
        sent.starts_with("GET /a//b/../c?x=%41&y= HTTP/1.1\r\nHost: client.example\r\n" + fields));
    CHECK(rig.get("/", odd).status() == 400);
}

TEST_CASE("an answer without Date gets one by our clock") {
    Rig rig;
    rig.upstream.will_answer(ok());
    CHECK(rig.get("/").field("Date") == "Mon, 23 Nov 2026 12:51:24 GMT");
}

}  // namespace
}  // namespace whogoes::support
