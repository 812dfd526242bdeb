#include "proxy/app/address.hpp"

#include <doctest/doctest.h>

#include <string>

namespace whogoes::app {
namespace {

TEST_CASE("a listen address is an address of this machine with a port, or a socket") {
    const struct {
        const char* text;
        const char* read;  // empty: refused
        bool loopback;
    } rows[] = {
        {"127.0.0.1:8401", "127.0.0.1:8401", true},
        {"[::1]:8401", "[::1]:8401", true},
        {"localhost:8401", "127.0.0.1:8401", true},
        {":8401", "127.0.0.1:8401", true},
        {"127.0.0.1:0", "127.0.0.1:0", true},
        {"unix:/run/whogoes.sock", "unix:/run/whogoes.sock", true},
        {"0.0.0.0:80", "0.0.0.0:80", false},
        {"*:80", "0.0.0.0:80", false},
        {"[::]:80", "[::]:80", false},
        {"192.168.1.7:8401", "192.168.1.7:8401", false},
        {"8401", "", false},
        {"127.0.0.1", "", false},
        {"127.0.0.1:", "", false},
        {"127.0.0.1:65536", "", false},
        {"127.0.0.1:-1", "", false},
        {"127.0.0.1:80x", "", false},
        {"::1:8401", "", false},
        {"[::1]8401", "", false},
        {"[::1", "", false},
        {"[127.0.0.1]:80", "", false},
        {"api.example:80", "", false},
        {"http://127.0.0.1:80", "", false},
        {"unix:", "", false},
        {"", "", false},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.text));
        const auto address = parse_listen(row.text);
        CHECK((address.has_value() ? address->text() : std::string()) == row.read);
        if (address.has_value())
            CHECK(address->loopback() == row.loopback);
        else
            CHECK_FALSE(address.error().empty());
    }
    CHECK_FALSE(parse_listen("unix:/" + std::string(107, 'a')).has_value());
}

TEST_CASE("an upstream is a URL without a path, or a shorter form of one") {
    const struct {
        const char* text;
        const char* origin;  // empty: refused
        const char* authority;
        bool loopback;
    } rows[] = {
        {"http://localhost:3000", "http://localhost:3000", "localhost:3000", true},
        {"http://localhost:3000/", "http://localhost:3000", "localhost:3000", true},
        {"localhost:3000", "http://localhost:3000", "localhost:3000", true},
        {":3000", "http://localhost:3000", "localhost:3000", true},
        {"h2c://localhost:3000", "h2c://localhost:3000", "localhost:3000", true},
        {"HTTP://LocalHost:3000", "http://localhost:3000", "localhost:3000", true},
        {"http://api.localhost", "http://api.localhost", "api.localhost", true},
        {"http://127.0.0.2:80", "http://127.0.0.2", "127.0.0.2", true},
        {"http://[::1]:3000", "http://[::1]:3000", "[::1]:3000", true},
        {"[::1]:3000", "http://[::1]:3000", "[::1]:3000", true},
        {"https://api.example", "https://api.example", "api.example", false},
        {"https://api.example:443", "https://api.example", "api.example", false},
        {"https://api.example:8443", "https://api.example:8443", "api.example:8443", false},
        {"http://api.example:443", "http://api.example:443", "api.example:443", false},
        {"api_internal:8080", "http://api_internal:8080", "api_internal:8080", false},
        {"unix:/run/api.sock", "unix:/run/api.sock", "localhost", true},
        {"unix:///run/api.sock", "unix:/run/api.sock", "localhost", true},
        {"localhost", "http://localhost", "localhost", true},
        {"api.example", "http://api.example", "api.example", false},
        {"http://api", "http://api", "api", false},
        {"api:80", "http://api", "api", false},
        {"api", "", "", false},
        {"3000", "", "", false},
        {"", "", "", false},
        {"http://", "", "", false},  // a variable that was not set
        {"http://:3000", "http://localhost:3000", "localhost:3000", true},
        {"http://localhost:", "", "", false},
        {"http://localhost:0", "", "", false},
        {"http://localhost:99999", "", "", false},
        {"http://localhost/v1", "", "", false},
        {"http://localhost?x", "", "", false},
        {"http://user:pw@localhost", "", "", false},
        {"ws://localhost:3000", "", "", false},
        {"ftp://localhost", "", "", false},
        {"http://[::1", "", "", false},
        {"http://[api]:1", "", "", false},
        {"http://a b", "", "", false},
        {"http:/localhost:3000", "", "", false},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.text));
        const auto target = parse_upstream(row.text);
        CHECK((target.has_value() ? target->origin : std::string()) == row.origin);
        if (!target.has_value()) continue;
        CHECK(target->authority == row.authority);
        CHECK(target->loopback() == row.loopback);
    }
}

TEST_CASE("the client's own Host goes to loopback and private addresses, unless told otherwise") {
    const struct {
        const char* upstream;
        bool passed;
    } rows[] = {
        {":3000", true},
        {"unix:/run/api.sock", true},
        {"http://10.1.2.3", true},
        {"http://172.16.0.1", true},
        {"http://172.31.255.1", true},
        {"http://172.32.0.1", false},
        {"http://192.168.1.1", true},
        {"http://169.254.1.1", true},
        {"http://[fd00::1]", true},
        {"http://[fe80::1]", true},
        {"http://[::ffff:10.0.0.1]", true},
        {"http://[2001:db8::1]", false},
        {"http://8.8.8.8", false},
        {"https://api.example", false},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.upstream));
        upstream::Target target = *parse_upstream(row.upstream);
        CHECK(target.pass_client_host() == row.passed);
        target.host_header = upstream::HostHeader::pass;
        CHECK(target.pass_client_host());
        target.host_header = upstream::HostHeader::upstream;
        CHECK_FALSE(target.pass_client_host());
    }
}

}  // namespace
}  // namespace whogoes::app
