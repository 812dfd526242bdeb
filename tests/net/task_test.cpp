#include "proxy/net/task.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

namespace whogoes::net {
namespace {

Task<int> at_once(int value) { co_return value; }

Task<> sum_of(int children, long& sum) {
    for (int i = 0; i < children; ++i) sum += co_await at_once(1);
}

Task<int> waiting(Signal& signal, int value) {
    co_await signal;
    co_return value;
}

Task<int> failing(Signal& signal) {
    co_await signal;
    throw std::runtime_error("broken");
}

const auto no_failure = [](const std::exception_ptr&) { FAIL("nothing fails here"); };

TEST_CASE("a loop over children that finish at once does not grow the stack") {
    long sum = 0;
    spawn(sum_of(1000000, sum), no_failure);
    CHECK(sum == 1000000);
}

Task<> add(Signal& signal, int& result) { result = co_await waiting(signal, 42); }

TEST_CASE("a parent goes on when its child does") {
    Signal signal;
    int result = 0;
    spawn(add(signal, result), no_failure);
    CHECK(result == 0);
    CHECK_FALSE(signal.raised());
    signal.raise();
    CHECK(result == 42);
}

TEST_CASE("a signal that was raised before is not waited for") {
    Signal signal;
    signal.raise();
    int result = 0;
    spawn(add(signal, result), no_failure);
    CHECK(result == 42);
}

Task<> catching(Signal& signal, std::string& words) {
    try {
        co_await failing(signal);
    } catch (const std::exception& error) {
        words = error.what();
    }
}

TEST_CASE("an exception goes to whoever awaits") {
    Signal signal;
    std::string words;
    spawn(catching(signal, words), no_failure);
    signal.raise();
    CHECK(words == "broken");
}

Task<> passing_on(Signal& signal) { co_await failing(signal); }

TEST_CASE("an exception that nobody takes goes to who spawned") {
    Signal signal;
    int failures = 0;
    spawn(passing_on(signal), [&](const std::exception_ptr& failure) {
        CHECK_THROWS_AS(std::rethrow_exception(failure), std::runtime_error);
        ++failures;
    });
    signal.raise();
    CHECK(failures == 1);
}

TEST_CASE("a task that is never awaited never runs") {
    long sum = 0;
    { const Task<> unused = sum_of(1, sum); }
    CHECK(sum == 0);
}

}  // namespace
}  // namespace whogoes::net
