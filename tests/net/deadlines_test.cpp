#include "proxy/net/deadlines.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace whogoes::net {
namespace {

using namespace std::chrono_literals;

struct Probe : Expiring {
    using Expiring::link;
    using Expiring::unlink;
    explicit Probe(std::function<void()> then) : expired(std::move(then)) {}
    void expire() override { expired(); }
    std::function<void()> expired;
};

TEST_CASE("a sweep ends what has passed, once, and nothing else") {
    Deadlines deadlines;
    std::string ended;
    Probe a([&] { ended += 'a'; }), b([&] { ended += 'b'; }), c([&] { ended += 'c'; });
    const Clock::time_point start = deadlines.now();
    a.link(deadlines, start + 1s);
    b.link(deadlines, start + 3s);
    c.link(deadlines, start + 2s);
    deadlines.sweep(start + 999ms);
    CHECK(ended == "");
    deadlines.sweep(start + 2s);
    CHECK(ended == "ac");
    CHECK(deadlines.now() == start + 2s);
    b.unlink();
    deadlines.sweep(start + 1h);
    CHECK(ended == "ac");
}

TEST_CASE("a later deadline takes the place of an earlier one") {
    Deadlines deadlines;
    int ended = 0;
    Probe one([&] { ++ended; });
    const Clock::time_point start = deadlines.now();
    one.link(deadlines, start + 1s);
    one.link(deadlines, start + 5s);
    deadlines.sweep(start + 2s);
    CHECK(ended == 0);
    deadlines.sweep(start + 5s);
    CHECK(ended == 1);
}

TEST_CASE("who expires may end any other, itself included, and begin anew") {
    Deadlines deadlines;
    const Clock::time_point start = deadlines.now();
    std::vector<std::unique_ptr<Probe>> probes(3);
    std::string ended;
    probes[0] = std::make_unique<Probe>([&] {
        ended += '0';
        probes[1].reset();
        probes[0].reset();
    });
    probes[1] = std::make_unique<Probe>([&] { ended += '1'; });
    probes[2] = std::make_unique<Probe>([&] {
        ended += '2';
        probes[2]->link(deadlines, start + 10s);
    });
    for (const auto& probe : probes) probe->link(deadlines, start + 1s);
    deadlines.sweep(start + 1s);
    CHECK(ended == "02");
    deadlines.sweep(start + 10s);
    CHECK(ended == "022");
}

TEST_CASE("a deadline that another's end renewed holds") {
    Deadlines deadlines;
    const Clock::time_point start = deadlines.now();
    int ended = 0;
    Probe second([&] { ++ended; });
    Probe first([&] { second.link(deadlines, start + 10s); });
    first.link(deadlines, start + 1s);
    second.link(deadlines, start + 1s);
    deadlines.sweep(start + 1s);
    CHECK(ended == 0);
    deadlines.sweep(start + 9s);
    CHECK(ended == 0);
    deadlines.sweep(start + 10s);
    CHECK(ended == 1);
}

TEST_CASE("what hangs in a list may outlive it") {
    auto deadlines = std::make_unique<Deadlines>();
    Probe one([] {}), two([] {});
    one.link(*deadlines, deadlines->now());
    two.link(*deadlines, deadlines->now());
    deadlines.reset();
}

}  // namespace
}  // namespace whogoes::net
