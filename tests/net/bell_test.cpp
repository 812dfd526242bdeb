#include "proxy/net/bell.hpp"

#include "proxy/net/task.hpp"
#include "tests/net/start.hpp"

#include <doctest/doctest.h>

namespace whogoes::net {
namespace {

using namespace std::chrono_literals;

enum class Heard { nothing, bell, silence };

Task<> listen(Bell& bell, std::chrono::milliseconds at_most, Heard& heard) {
    bool rung = false;
    if (at_most == 0ms)
        rung = co_await bell.rung();
    else
        rung = co_await bell.rung_within(at_most);
    heard = rung ? Heard::bell : Heard::silence;
}

TEST_CASE("a bell wakes who waits, as often as it is rung and waited for") {
    Deadlines deadlines;
    Bell bell(deadlines);
    bell.ring();  // nobody is there
    for (const auto at_most : {0ms, 1000ms}) {
        Heard heard = Heard::nothing;
        start(listen(bell, at_most, heard));
        CHECK(heard == Heard::nothing);
        bell.ring();
        CHECK(heard == Heard::bell);
    }
}

TEST_CASE("who waits for a while goes on when it is over, and is not told later") {
    Deadlines deadlines;
    Bell bell(deadlines);
    const Clock::time_point begin = deadlines.now();
    Heard first = Heard::nothing, second = Heard::nothing, third = Heard::nothing;
    start(listen(bell, 250ms, first));
    deadlines.sweep(begin + 249ms);
    CHECK(first == Heard::nothing);
    deadlines.sweep(begin + 250ms);
    CHECK(first == Heard::silence);
    start(listen(bell, 250ms, second));
    bell.ring();
    CHECK(second == Heard::bell);
    start(listen(bell, 0ms, third));
    deadlines.sweep(begin + 1h);
    CHECK(third == Heard::nothing);
    bell.ring();
    CHECK(third == Heard::bell);
}

}  // namespace
}  // namespace whogoes::net
