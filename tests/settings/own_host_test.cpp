#include "proxy/settings/own_host.hpp"

#include <doctest/doctest.h>

#include <string>

// Which names are this proxy's own.
namespace whogoes::settings {
namespace {

TEST_CASE("a loopback name, an address or a configured name is this proxy's own") {
    Settings settings;
    settings.host_names = {"api.example"};
    for (const char* own : {"localhost", "localhost:8401", "app.localhost:1", "127.0.0.1:8401",
                            "192.0.2.7", "[::1]:8401", "[2001:db8::1]", "API.example:443"}) {
        CAPTURE(std::string(own));
        CHECK(is_own_host(settings, own));
    }
    for (const char* other :
         {"", "else.example", "api.example.evil", "[", "[::1", "localhost.evil"}) {
        CAPTURE(std::string(other));
        CHECK_FALSE(is_own_host(settings, other));
    }
}

}  // namespace
}  // namespace whogoes::settings
