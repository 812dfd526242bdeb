#pragma once
// How the tests of this room run things: a task of their own, to its first wait at once, in which
// nothing may throw; and steps in the turns of a loop.

#include "proxy/net/reactor.hpp"
#include "proxy/net/task.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <exception>
#include <functional>
#include <utility>
#include <vector>

namespace whogoes::net {

inline void start(Task<> task) {
    spawn(std::move(task), [](const std::exception_ptr&) { FAIL("nothing throws here"); });
}

// One step after the other; what a step causes has happened when the next one runs.
inline void play(Reactor& reactor, std::vector<std::function<void()>> steps) {
    steps.push_back([&reactor] { reactor.stop(); });
    std::size_t next = 0;
    std::function<void()> go = [&] {
        steps[next++]();
        if (next < steps.size()) reactor.post(go);
    };
    reactor.post(go);
    reactor.run(std::chrono::hours(1), [] {});
}

}  // namespace whogoes::net
