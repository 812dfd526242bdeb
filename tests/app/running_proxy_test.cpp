#include "proxy/app/running_proxy.hpp"

#include <doctest/doctest.h>

namespace whogoes::app {
namespace {

TEST_CASE("a proxy that runs is known by its words, where it is the only one") {
    const net::Process proxy{1, {"whogoes", "-c", "/etc/a.yaml", "--", "npm", "test"}};
    const net::Process health{2, {"whogoes", "health"}};
    const net::Process other{3, {"/usr/bin/whogoes", "run", "--admin", ":9500"}};
    const auto found = running_proxy({health, proxy});
    REQUIRE(found);
    CHECK(found->config_file == "/etc/a.yaml");
    CHECK(running_proxy({other, health})->flags.at("admin") == std::vector<std::string>{":9500"});
    CHECK_FALSE(running_proxy({proxy, other}));
    CHECK_FALSE(running_proxy({health}));
    CHECK_FALSE(running_proxy({{4, {}}, {5, {"whogoes", "--nonsense"}}}));
}

}  // namespace
}  // namespace whogoes::app
