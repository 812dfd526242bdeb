#pragma once
// A task of a test's own: run to its first wait at once, and nothing in it may throw.

#include "proxy/net/task.hpp"

#include <doctest/doctest.h>

#include <exception>
#include <utility>

namespace whogoes::net {

inline void start(Task<> task) {
    spawn(std::move(task), [](const std::exception_ptr&) { FAIL("nothing throws here"); });
}

}  // namespace whogoes::net
