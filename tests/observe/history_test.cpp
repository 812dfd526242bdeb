#include "proxy/observe/history.hpp"

#include <doctest/doctest.h>

#include <string>

// What a process remembers of its clients and of the upstream's clock.
namespace whogoes::observe {
namespace {

using namespace std::chrono_literals;

http::RequestHead head_of(const std::string& text) {
    http::RequestHead head;
    REQUIRE(http::parse_request_head(text, {}, head).progress == http::Progress::complete);
    return head;
}

TEST_CASE("a success is told to the history about once a second for each credential and target") {
    const std::string text = "GET /a HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer one\r\n\r\n";
    const std::string other = "GET /a HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer two\r\n\r\n";
    const std::string bare = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";
    AcceptedGate gate(7);
    CHECK(gate.opens(head_of(text), 10000));
    CHECK_FALSE(gate.opens(head_of(text), 10500));
    CHECK(gate.opens(head_of(other), 10500));
    CHECK(gate.opens(head_of(text), 11000));
    CHECK_FALSE(gate.opens(head_of(bare), 12000));
}

TEST_CASE("a flood of credentials is told in part") {
    AcceptedGate gate(7);
    int told = 0;
    for (int i = 0; i < 5000; ++i) {
        const std::string text = "GET /a HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer x" +
                                 std::to_string(i) + "\r\n\r\n";
        told += gate.opens(head_of(text), 10000) ? 1 : 0;
    }
    CHECK(told > 50);
    CHECK(told <= 200);
}

rules::Exchange dated(std::chrono::seconds ahead) {
    const rules::TimePoint now{1795438284s};
    rules::Exchange exchange;
    exchange.response.status = 401;
    exchange.answered_at = now;
    exchange.upstream_date = now + ahead;
    return exchange;
}

TEST_CASE("the upstream's clock is known from three answers, by their median") {
    History history(42);
    CHECK_FALSE(history.skew());
    history.remember(dated(100s));
    history.remember(dated(7000s));
    CHECK_FALSE(history.skew());
    history.remember(dated(101s));
    REQUIRE(history.skew());
    CHECK(history.skew()->count() >= 101);
    CHECK(history.skew()->count() <= 102);
    for (int i = 0; i < 9; ++i) history.remember(dated(-3600s));
    CHECK(history.skew()->count() < -3598);
}

TEST_CASE("a difference within the whole seconds of Date is none") {
    History history(42);
    for (int i = 0; i < 3; ++i) history.remember(dated(-1s));
    CHECK(history.skew() == 0s);
}

}  // namespace
}  // namespace whogoes::observe
