#include "proxy/net/port_holder.hpp"

#include "proxy/net/listener.hpp"

#include <doctest/doctest.h>

#include <string>
#include <unistd.h>

namespace whogoes::net {
namespace {

TEST_CASE("who holds a port is named with the number of its process") {
    for (const char* host : {"127.0.0.1", "::1"}) {
        CAPTURE(std::string(host));
        const int socket = open_listener(literal_endpoints(host, 0).front(), false);
        const std::uint16_t port = bound_endpoint(socket).port();
        CHECK(port_holder(port) == "net_test (pid " + std::to_string(::getpid()) + ")");
        ::close(socket);
        CHECK(port_holder(port) == "");
    }
}

}  // namespace
}  // namespace whogoes::net
