#include "proxy/app/units.hpp"

#include "proxy/tools/nearest.hpp"

#include <doctest/doctest.h>

#include <string>

namespace whogoes::app {
namespace {

TEST_CASE("a size is a number with a unit") {
    const struct {
        const char* text;
        long long octets;  // -1: none
    } rows[] = {{"64KiB", 65536},
                {"64kib", 65536},
                {"1MiB", 1048576},
                {"2GiB", 2147483648},
                {"512B", 512},
                {"1KB", 1000},
                {"50MB", 50000000},
                {"0", 0},
                {"64", -1},
                {"", -1},
                {"KiB", -1},
                {"-1KiB", -1},
                {"1.5MiB", -1},
                {"64 KiB", -1},
                {"1KiBx", -1},
                {"99999999999999999999B", -1},
                {"9999999999GiB", -1},
                {"0x10B", -1}};
    for (const auto& row : rows) {
        CAPTURE(std::string(row.text));
        const auto size = parse_size(row.text);
        CHECK((size ? static_cast<long long>(*size) : -1) == row.octets);
    }
}

TEST_CASE("a duration is a number with a unit, or several from the largest down") {
    const struct {
        const char* text;
        long long ms;  // -1: none
    } rows[] = {{"100ms", 100},
                {"5s", 5000},
                {"2m", 120000},
                {"1h", 3600000},
                {"7d", 604800000},
                {"1h30m", 5400000},
                {"1m500ms", 60500},
                {"0", 0},
                {"0s", 0},
                {"5", -1},
                {"", -1},
                {"s", -1},
                {"5S", -1},
                {"5sec", -1},
                {"1.5s", -1},
                {"-5s", -1},
                {"5s ", -1},
                {"30m1h", -1},
                {"1s1s", -1},
                {"99999999999999999999s", -1},
                {"9999999999999d", -1}};
    for (const auto& row : rows) {
        CAPTURE(std::string(row.text));
        const auto duration = parse_duration(row.text);
        CHECK((duration ? static_cast<long long>(duration->count()) : -1) == row.ms);
    }
}

TEST_CASE("a switch is what YAML 1.1 takes for one") {
    for (const char* text : {"true", "yes", "on", "True", "ON"}) CHECK(parse_switch(text) == true);
    for (const char* text : {"false", "no", "off", "Off", "FALSE"})
        CHECK(parse_switch(text) == false);
    for (const char* text : {"", "1", "0", "y", "maybe"})
        CHECK_FALSE(parse_switch(text).has_value());
}

TEST_CASE("a mistyped word is guessed only when it is near") {
    CHECK(tools::nearest("lisen", "listen|log|admin") == "listen");
    CHECK(tools::nearest("LISTEN", "listen|log") == "listen");
    CHECK(tools::nearest("upstraem", "upstream|upstream_host") == "upstream");
    CHECK(tools::nearest("lg", "log|tls") == "log");
    CHECK(tools::nearest("keycl", "auth0|keycloak") == "keycloak");
    CHECK(tools::nearest("aws", "aws-api-gateway|aws-sigv4-service") == "");
    CHECK(tools::nearest("zebra", "listen|log|admin") == "");
    CHECK(tools::nearest("", "a|b") == "");
    CHECK(tools::nearest(std::string(100000, 'x'), "listen") == "");
    CHECK(tools::did_you_mean("jsn", "auto|json") == "; did you mean \"json\"?");
}

}  // namespace
}  // namespace whogoes::app
