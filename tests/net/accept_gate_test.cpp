#include "proxy/net/accept_gate.hpp"

#include <doctest/doctest.h>

// Who may come in, without a socket.
namespace whogoes::net {
namespace {

TEST_CASE("as many get in as there are places, and one more when one leaves") {
    Places places;
    AcceptGate gate(places);
    CHECK(gate.enter(2));
    CHECK(gate.enter(2));
    CHECK_FALSE(gate.is_shut());
    CHECK_FALSE(gate.enter(2));
    CHECK(gate.is_shut());
    CHECK_FALSE(gate.reopen(2));
    gate.leave();
    CHECK(gate.reopen(2));
    CHECK_FALSE(gate.reopen(2));  // it is open
    CHECK(gate.enter(2));
    CHECK_FALSE(gate.enter(2));
}

TEST_CASE("the places are those of all workers together") {
    Places places;
    AcceptGate one(places), other(places);
    CHECK(one.enter(1));
    CHECK_FALSE(other.enter(1));
    one.leave();
    CHECK_FALSE(one.reopen(1));  // nobody was sent away there
    CHECK(other.reopen(1));
    CHECK(one.enter(1));
    CHECK_FALSE(other.enter(1));
}

TEST_CASE("whoever gets in meanwhile, one that was sent away is still told to come back") {
    Places places;
    AcceptGate one(places), other(places);
    CHECK(one.enter(2));
    CHECK(other.enter(2));
    CHECK_FALSE(one.enter(2));  // a first listener's client
    other.leave();
    CHECK(one.enter(2));  // another listener's
    CHECK(one.is_shut());
    one.leave();
    CHECK(one.reopen(2));
}

TEST_CASE("a limit that is lowered sends away until enough have left, and a raised one opens") {
    Places places;
    AcceptGate gate(places);
    for (int i = 0; i < 3; ++i) CHECK(gate.enter(3));
    CHECK_FALSE(gate.enter(2));
    gate.leave();
    CHECK_FALSE(gate.reopen(2));
    gate.leave();
    CHECK(gate.reopen(2));
    CHECK(gate.enter(2));
    CHECK_FALSE(gate.enter(2));
    CHECK(gate.reopen(3));
}

TEST_CASE("nobody is left when all have gone and every door is closed") {
    Places places;
    AcceptGate gate(places);
    CHECK(places.nobody_left());
    CHECK(gate.enter(1));
    CHECK_FALSE(places.nobody_left());
    gate.leave();
    places.closing_doors.fetch_add(1);
    CHECK_FALSE(places.nobody_left());
    places.closing_doors.fetch_sub(1);
    CHECK(places.nobody_left());
}

}  // namespace
}  // namespace whogoes::net
