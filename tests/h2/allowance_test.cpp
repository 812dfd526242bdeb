#include "proxy/h2/allowance.hpp"

#include <doctest/doctest.h>

namespace whogoes::h2 {
namespace {

using namespace std::chrono_literals;

TEST_CASE("an allowance is spent at once, and comes back by the second") {
    const net::Clock::time_point begin{1000s};
    Allowance allowance(3, 2);
    for (int i = 0; i < 3; ++i) CHECK(allowance.take(begin));
    CHECK_FALSE(allowance.take(begin));
    CHECK(allowance.take(begin + 500ms));
    CHECK_FALSE(allowance.take(begin + 500ms));
    for (int i = 0; i < 3; ++i) CHECK(allowance.take(begin + 1h));
    CHECK_FALSE(allowance.take(begin + 1h));
}

}  // namespace
}  // namespace whogoes::h2
