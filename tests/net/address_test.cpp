#include "proxy/net/address.hpp"

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <cstring>
#include <netinet/in.h>
#include <string>

namespace whogoes::net {
namespace {

TEST_CASE("literals and local names need no resolver") {
    const struct {
        std::string given;
        std::vector<std::string> endpoints;
        bool loopback;
    } rows[] = {
        {"127.0.0.1", {"127.0.0.1:80"}, true},
        {"10.1.2.3", {"10.1.2.3:80"}, false},
        {"::1", {"[::1]:80"}, true},
        {"2001:db8::1", {"[2001:db8::1]:80"}, false},
        {"localhost", {"127.0.0.1:80", "[::1]:80"}, true},
        {"LocalHost", {"127.0.0.1:80", "[::1]:80"}, true},
        {"api.localhost", {"127.0.0.1:80", "[::1]:80"}, true},
        {"notlocalhost", {}, false},
        {"localhost.example", {}, false},
        {".localhost", {}, false},
        {"127.1", {}, false},
        {"", {}, false},
        {"[::1]", {}, false},
        {"256.0.0.1", {}, false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        std::vector<std::string> texts;
        for (const Endpoint& endpoint : literal_endpoints(row.given, 80)) {
            texts.push_back(endpoint.text());
            CHECK(endpoint.loopback() == row.loopback);
            CHECK(endpoint.port() == 80);
        }
        CHECK(texts == row.endpoints);
    }
}

TEST_CASE("an IPv4 client of a dual-stack listener is shown by its IPv4 address") {
    Endpoint mapped;
    auto& address = reinterpret_cast<sockaddr_in6&>(mapped.address);
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(80);
    inet_pton(AF_INET6, "::ffff:192.0.2.7", &address.sin6_addr);
    mapped.length = sizeof address;
    CHECK(mapped.host() == "192.0.2.7");
    CHECK(mapped.text() == "192.0.2.7:80");
    CHECK_FALSE(mapped.loopback());
    inet_pton(AF_INET6, "::ffff:127.0.0.1", &address.sin6_addr);
    CHECK(mapped.loopback());
}

TEST_CASE("a unix path is shown as it is, and one without a name as nothing") {
    CHECK(unix_endpoint("/run/x").text() == "unix:/run/x");
    CHECK(unix_endpoint("/run/x").loopback());
    Endpoint nameless;
    nameless.address.ss_family = AF_UNIX;
    nameless.length = sizeof(sa_family_t);
    CHECK(nameless.host() == "");
}

TEST_CASE("a name that does not exist is an error that names it") {
    std::string error;
    CHECK(resolve("no-such-host.invalid", 80, error).empty());
    CHECK(error.starts_with("cannot resolve no-such-host.invalid: "));
}

TEST_CASE("localhost and every name below it are loopback, with or without the root's dot") {
    for (const char* name :
         {"localhost", "LocalHost", "localhost.", "app.localhost", "a.b.localhost."}) {
        CAPTURE(std::string(name));
        CHECK(is_loopback_name(name));
        CHECK_FALSE(literal_endpoints(name, 80).empty());
    }
    for (const char* name : {"", ".", ".localhost", "mylocalhost", "localhost.evil", "localhost..",
                             "127.0.0.1", "::1"}) {
        CAPTURE(std::string(name));
        CHECK_FALSE(is_loopback_name(name));
    }
}

}  // namespace
}  // namespace whogoes::net
