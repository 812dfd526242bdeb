#include "proxy/http/forwarding.hpp"

#include "http/messages.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace whogoes::http {
namespace {

using Chain = std::vector<std::string_view>;

TEST_CASE("X-Forwarded-* is read as balancers write it") {
    const struct {
        const char* given;
        const char* lines;
        const char* scheme;
        const char* host;
        const char* port;
        Chain chain;
    } rows[] = {
        {"nothing", "", "", "", "", {}},
        {"nginx",
         "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: a.test\r\n",
         "https",
         "a.test",
         "",
         {"192.0.2.7"}},
        {"a chain over two lines",
         "X-Forwarded-For: 192.0.2.7, 10.0.0.1\r\nx-forwarded-for: 10.0.0.2\r\n",
         "",
         "",
         "",
         {"192.0.2.7", "10.0.0.1", "10.0.0.2"}},
        {"ports and brackets",
         "X-Forwarded-For: 192.0.2.7:4711, [2001:db8::1]:4711, [2001:db8::2], 2001:db8::3\r\n",
         "",
         "",
         "",
         {"192.0.2.7", "2001:db8::1", "2001:db8::2", "2001:db8::3"}},
        {"no address", "X-Forwarded-For: unknown, , _a\r\n", "", "", "", {"unknown", "_a"}},
        {"lists: the client's side comes first",
         "X-Forwarded-Proto: https,http\r\nX-Forwarded-Host: a.test:8443 , b\r\n"
         "X-Forwarded-Port: 8443, 80\r\n",
         "https",
         "a.test:8443",
         "8443",
         {}},
        {"a WebSocket", "X-Forwarded-Proto: wss\r\n", "https", "", "", {}},
        {"any case", "X-Forwarded-Proto: HTTP\r\n", "http", "", "", {}},
        {"nonsense",
         "X-Forwarded-Proto: gopher\r\nX-Forwarded-Host: a b\r\nX-Forwarded-Port: 99999\r\n",
         "",
         "",
         "",
         {}},
        {"a port of zero", "X-Forwarded-Port: 0\r\n", "", "", "", {}},
        {"Forwarded is another style's", "Forwarded: for=1.2.3.4;proto=https\r\n", "", "", "", {}},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        const ReadRequest request(get(row.lines));
        REQUIRE(request.complete());
        const Told read = told(request.head, ForwardedStyle::x_forwarded);
        CHECK(read.scheme == row.scheme);
        CHECK(read.host == row.host);
        CHECK(read.port == row.port);
        CHECK(read.chain == row.chain);
    }
}

TEST_CASE("Forwarded is read by RFC 7239, and what breaks its grammar says nothing") {
    const struct {
        const char* given;
        const char* lines;
        const char* scheme;
        const char* host;
        Chain chain;
    } rows[] = {
        {"one element",
         "Forwarded: for=192.0.2.43;proto=http;host=a.test\r\n",
         "http",
         "a.test",
         {"192.0.2.43"}},
        {"any case, white space, quotes",
         "Forwarded: FOR = \"[2001:db8::1]:4711\" ; Proto=\"HTTPS\"\r\n",
         "https",
         "",
         {"2001:db8::1"}},
        {"a list over two lines",
         "Forwarded: for=a, for=192.0.2.1:80\r\nforwarded: for=10.0.0.1\r\n",
         "",
         "",
         {"a", "192.0.2.1", "10.0.0.1"}},
        {"a comma and a semicolon in quotes",
         "Forwarded: for=\"a,b;c\";by=x, for=10.0.0.1\r\n",
         "",
         "",
         {"a,b;c", "10.0.0.1"}},
        {"a backslash in quotes",
         "Forwarded: for=\"a\\\",b\", for=10.0.0.1\r\n",
         "",
         "",
         {"a\\\",b", "10.0.0.1"}},
        {"a quote without end",
         "Forwarded: for=\"a, for=10.0.0.1\r\n",
         "",
         "",
         {"\"a, for=10.0.0.1"}},
        {"a backslash at the end", "Forwarded: for=\"\\\r\n", "", "", {"\"\\"}},
        {"no pairs", "Forwarded: ;;,=,for\r\n", "", "", {}},
        {"X-Forwarded is another style's", "X-Forwarded-For: 1.2.3.4\r\n", "", "", {}},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        const ReadRequest request(get(row.lines));
        REQUIRE(request.complete());
        const Told read = told(request.head, ForwardedStyle::forwarded);
        CHECK(read.scheme == row.scheme);
        CHECK(read.host == row.host);
        CHECK(read.chain == row.chain);
        CHECK(told(request.head, ForwardedStyle::off).chain.empty());
    }
}

TEST_CASE("of both styles the one that is there is read, and never a mixture") {
    const ReadRequest mixed(
        get("Forwarded: for=1.1.1.1;proto=https\r\nX-Forwarded-For: 2.2.2.2\r\n"));
    const Told read = told(mixed.head, ForwardedStyle::both);
    CHECK(read.chain == Chain{"2.2.2.2"});
    CHECK(read.scheme.empty());
    const ReadRequest one(get("Forwarded: for=1.1.1.1;proto=https\r\n"));
    CHECK(told(one.head, ForwardedStyle::both).chain == Chain{"1.1.1.1"});
}

TEST_CASE("a name that some server takes for a forwarding field's is known for one") {
    for (const char* name : {"X_Forwarded_For", "x.forwarded.proto", "X-Forwarded_Host",
                             "X_FORWARDED-PORT", "x-forwarded.for"}) {
        CAPTURE(std::string(name));
        CHECK(is_forwarding_alias(name));
    }
    for (const char* name : {"X-Forwarded-For", "x-forwarded-proto", "X_Forwarded_Prefix", "X_For",
                             "", "XX_Forwarded_For", "X_Forwarded_For_"}) {
        CAPTURE(std::string(name));
        CHECK_FALSE(is_forwarding_alias(name));
    }
    CHECK(is_lesser_forwarding_field("X-Forwarded-SSL"));
    CHECK(is_lesser_forwarding_field("x_forwarded_prefix"));
    CHECK_FALSE(is_lesser_forwarding_field("X-Forwarded-For"));
    CHECK_FALSE(is_lesser_forwarding_field("X-Forwarded-User"));
}

TEST_CASE("what was asked for is Host, or the target of who sends none") {
    CHECK(asked_authority(ReadRequest(get()).head) == "example.test");
    const ReadRequest old("GET http://a.test:81/b HTTP/1.0\r\n\r\n");
    REQUIRE(old.complete());
    CHECK(asked_authority(old.head) == "a.test:81");
    const ReadRequest neither("GET / HTTP/1.0\r\n\r\n");
    CHECK(asked_authority(neither.head).empty());
}

TEST_CASE("a port is told from an address that is full of colons") {
    CHECK(port_of("a:81") == "81");
    CHECK(port_of("[::1]:81") == "81");
    CHECK(port_of("[::1]").empty());
    CHECK(port_of("a").empty());
    CHECK(without_port("[::1]:81") == "[::1]");
    CHECK(without_port("a:") == "a");
}

}  // namespace
}  // namespace whogoes::http
