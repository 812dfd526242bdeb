#include "proxy/session/history.hpp"

#include "proxy/session/exchange.hpp"
#include "proxy/session/own_host.hpp"

#include <doctest/doctest.h>

#include <string>

// The small parts of a session that need no socket.
namespace whogoes::session {
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

TEST_CASE("an upstream's Keep-Alive is read for its timeout alone") {
    const struct {
        std::string value;
        int seconds;
    } rows[] = {{"timeout=5", 5},
                {"timeout=5, max=100", 5},
                {"max=100, timeout=72", 72},
                {"max=100", 0},
                {"", 0},
                {"timeout=", 0},
                {"timeout=x", 0},
                {"timeout=-1", 0}};
    for (const auto& row : rows) {
        CAPTURE(row.value);
        CHECK(keep_alive_timeout(row.value).count() == row.seconds);
    }
    CHECK(keep_alive_timeout("timeout=99999999999999999999").count() > 0);
}

TEST_CASE("a loopback name, an address or a configured name is this proxy's own") {
    Settings settings;
    settings.host_names = {"api.example"};
    for (const char* own : {"localhost", "localhost:8401", "app.localhost:1", "127.0.0.1:8401",
                            "192.0.2.7", "[::1]:8401", "[2001:db8::1]", "API.example:443"}) {
        CAPTURE(std::string(own));
        CHECK(is_own_host(settings, own));
    }
    for (const char* other :
         {"", "else.example", "api.example.evil", "[", "[::1", "localhost.evil"}) {
        CAPTURE(std::string(other));
        CHECK_FALSE(is_own_host(settings, other));
    }
}

}  // namespace
}  // namespace whogoes::session
