#include "proxy/http/target.hpp"

#include "http/messages.hpp"

#include <doctest/doctest.h>

#include <string>

namespace whogoes::http {
namespace {

TEST_CASE("each form of target passes where it belongs, and nothing else") {
    const struct {
        const char* given;
        const char* method;
        const char* target;
        const char* host;
        int refused;
    } rows[] = {
        {"a path", "GET", "/a/b?c=d&e", "a.test", 0},
        {"a path of two slashes", "GET", "//evil.test/a", "a.test", 0},
        {"marks that browsers leave alone", "GET", "/a|b{c}[d]^e\"<>\\`", "a.test", 0},
        {"a broken percent encoding", "GET", "/%zz%", "a.test", 0},
        {"asterisk", "OPTIONS", "*", "a.test", 0},
        {"asterisk with GET", "GET", "*", "a.test", 400},
        {"asterisk and more", "OPTIONS", "*a", "a.test", 400},
        {"a fragment", "GET", "/a#b", "a.test", 400},
        {"UTF-8", "GET", "/caf\xc3\xa9", "a.test", 400},
        {"no slash", "GET", "a/b", "a.test", 400},
        {"a query alone", "GET", "?a=b", "a.test", 400},
        {"authority form", "GET", "a.test:80", "a.test", 400},
        {"absolute form", "GET", "http://a.test/b", "a.test", 0},
        {"absolute form, other case", "GET", "HTTP://A.TEST/b", "a.test", 0},
        {"absolute form, default port", "GET", "http://a.test:80/b", "a.test", 0},
        {"absolute form, default port in Host", "GET", "https://a.test/b", "a.test:443", 0},
        {"absolute form, empty port", "GET", "http://a.test:/b", "a.test", 0},
        {"absolute form, no path", "GET", "http://a.test", "a.test", 0},
        {"absolute form, a query alone", "GET", "http://a.test?b", "a.test", 0},
        {"absolute form, another host", "GET", "http://b.test/", "a.test", 421},
        {"absolute form, another port", "GET", "http://a.test:81/", "a.test", 421},
        {"absolute form, port of https", "GET", "http://a.test:443/", "a.test", 421},
        {"userinfo", "GET", "http://u:p@a.test/", "a.test", 400},
        {"userinfo without a password", "GET", "http://u@a.test/", "a.test", 400},
        {"another scheme", "GET", "ftp://a.test/", "a.test", 400},
        {"a file", "GET", "file:///etc/passwd", "a.test", 400},
        {"no authority", "GET", "http:///a", "a.test", 400},
        {"one slash", "GET", "http:/a.test/", "a.test", 400},
        {"no slashes", "GET", "http:a.test", "a.test", 400},
        {"a bad port", "GET", "http://a.test:8x/", "a.test", 400},
        {"a script", "GET", "javascript:alert(1)", "a.test", 400},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        const ReadRequest request(std::string(row.method) + " " + row.target +
                                  " HTTP/1.1\r\nHost: " + row.host + "\r\n\r\n");
        CHECK(request.refused() == row.refused);
        CHECK(request.complete() == (row.refused == 0));
    }
}

TEST_CASE("an absolute target is marked, and its path found") {
    const ReadRequest request("GET http://a.test:8401/b?c HTTP/1.1\r\nHost: a.test:8401\r\n\r\n");
    REQUIRE(request.complete());
    CHECK(request.head.absolute_form);
    CHECK(request.head.bytes.substr(request.head.path_begin, 4) == "/b?c");
}

TEST_CASE("Host is one authority, in HTTP/1.0 at most one") {
    const struct {
        const char* given;
        const char* version;
        const char* lines;
        int refused;
    } rows[] = {
        {"a name", "1.1", "Host: a.test\r\n", 0},
        {"a name with an underscore", "1.1", "Host: my_service:8080\r\n", 0},
        {"IPv4", "1.1", "Host: 127.0.0.1:8401\r\n", 0},
        {"IPv6", "1.1", "Host: [::1]:8401\r\n", 0},
        {"IPv6 without a port", "1.1", "Host: [2001:db8::1]\r\n", 0},
        {"none", "1.1", "", 400},
        {"two", "1.1", "Host: a.test\r\nHost: a.test\r\n", 400},
        {"two of different case", "1.1", "Host: a.test\r\nhost: b.test\r\n", 400},
        {"empty", "1.1", "Host:\r\n", 400},
        {"a list", "1.1", "Host: a.test, b.test\r\n", 400},
        {"a list without white space", "1.1", "Host: a.test,b.test\r\n", 400},
        {"a space", "1.1", "Host: a test\r\n", 400},
        {"a path", "1.1", "Host: a.test/b\r\n", 400},
        {"a URL", "1.1", "Host: http://a.test\r\n", 400},
        {"userinfo", "1.1", "Host: u@a.test\r\n", 400},
        {"a query", "1.1", "Host: a.test?b\r\n", 400},
        {"a fragment", "1.1", "Host: a.test#b\r\n", 400},
        {"a backslash", "1.1", "Host: a.test\\b\r\n", 400},
        {"UTF-8", "1.1", "Host: caf\xc3\xa9.test\r\n", 400},
        {"a port alone", "1.1", "Host: :80\r\n", 400},
        {"a port of letters", "1.1", "Host: a.test:http\r\n", 400},
        {"a port with a sign", "1.1", "Host: a.test:+80\r\n", 400},
        {"a port of six digits", "1.1", "Host: a.test:080000\r\n", 400},
        {"a port past 65535", "1.1", "Host: a.test:65536\r\n", 400},
        {"two ports", "1.1", "Host: a.test:80:80\r\n", 400},
        {"IPv6 without brackets", "1.1", "Host: ::1\r\n", 400},
        {"an open bracket", "1.1", "Host: [::1\r\n", 400},
        {"text behind the bracket", "1.1", "Host: [::1]a\r\n", 400},
        {"a name in brackets", "1.1", "Host: [a.test]\r\n", 400},
        {"nothing in brackets", "1.1", "Host: []\r\n", 400},
        {"a half percent encoding", "1.1", "Host: a%2\r\n", 400},
        {"none in 1.0", "1.0", "", 0},
        {"two in 1.0", "1.0", "Host: a.test\r\nHost: a.test\r\n", 400},
        {"a bad one in 1.0", "1.0", "Host: a b\r\n", 400},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        const ReadRequest request("GET / HTTP/" + std::string(row.version) + "\r\n" + row.lines +
                                  "\r\n");
        CHECK(request.refused() == row.refused);
        CHECK(request.complete() == (row.refused == 0));
    }
}

}  // namespace
}  // namespace whogoes::http
