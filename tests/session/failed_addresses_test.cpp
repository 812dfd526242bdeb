#include "proxy/upstream/failed_addresses.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace whogoes::upstream {
namespace {

using namespace std::chrono_literals;

net::Endpoint at(const char* address) { return net::literal_endpoints(address, 80).front(); }

std::string order(const FailedAddresses& failed, FailedAddresses::Time now) {
    std::string hosts;
    for (const net::Endpoint& endpoint :
         failed.ordered({at("10.0.0.1"), at("10.0.0.2"), at("::1")}, now))
        hosts += endpoint.host() + " ";
    return hosts;
}

TEST_CASE("addresses stand as they were given, but those that failed come last for a while") {
    FailedAddresses failed;
    const FailedAddresses::Time now{};
    CHECK(order(failed, now) == "10.0.0.1 10.0.0.2 ::1 ");
    failed.failed(at("10.0.0.1"), now);
    CHECK(order(failed, now) == "10.0.0.2 ::1 10.0.0.1 ");
    failed.failed(at("::1"), now + 10s);
    CHECK(order(failed, now + 10s) == "10.0.0.2 10.0.0.1 ::1 ");
    CHECK(order(failed, now + 30s) == "10.0.0.1 10.0.0.2 ::1 ");
    CHECK(order(failed, now + 40s) == "10.0.0.1 10.0.0.2 ::1 ");
}

TEST_CASE("where all failed the order is the one given, and one that works is forgiven") {
    FailedAddresses failed;
    const FailedAddresses::Time now{};
    for (const char* address : {"::1", "10.0.0.2", "10.0.0.1"}) failed.failed(at(address), now);
    CHECK(order(failed, now) == "10.0.0.1 10.0.0.2 ::1 ");
    failed.worked(at("::1"));
    CHECK(order(failed, now) == "::1 10.0.0.1 10.0.0.2 ");
}

TEST_CASE("a port is a part of an address, and a failure again is a new one") {
    FailedAddresses failed;
    const FailedAddresses::Time now{};
    failed.failed(net::literal_endpoints("10.0.0.1", 81).front(), now);
    CHECK(order(failed, now) == "10.0.0.1 10.0.0.2 ::1 ");
    failed.failed(at("10.0.0.1"), now);
    failed.failed(at("10.0.0.1"), now + 20s);
    CHECK(order(failed, now + 40s) == "10.0.0.2 ::1 10.0.0.1 ");
}

}  // namespace
}  // namespace whogoes::upstream
