#include "proxy/app/closing.hpp"

#include <doctest/doctest.h>

#include <string>

namespace whogoes::app {
namespace {

report::KeptEvent event(std::uint64_t sequence, const std::string& cause, const std::string& path) {
    return {sequence,
            R"({"time":"2026-11-23T12:51:24.318Z","level":"warn","schema":"whogoes/1",)"
            R"("event":"auth.failure","msg":"m","id":"A","http":{"request":{"method":"GET"},)"
            R"("response":{"status_code":401}},"url":{"path":")" +
                path + R"("},"auth":{"cause":")" + cause +
                R"(","rules":["unauthorized-without-challenge"]}})"};
}

RunSeen three_refusals() {
    RunSeen seen;
    seen.requests = 5;
    seen.counts.failures[{"token-expired", rules::Scheme::bearer, 401}] = 2;
    seen.counts.failures[{"no-credentials", rules::Scheme::none, 401}] = 1;
    seen.counts.violations[{"unauthorized-without-challenge", rules::Severity::error}] = 3;
    seen.events = {event(1, "token-expired", "/orders"), event(2, "token-expired", "/orders"),
                   event(3, "no-credentials", "/users/7")};
    return seen;
}

const report::ConsoleStyle style{.colour = false, .utf8 = false};

TEST_CASE("what was asked for and seen is told by cause, route and count") {
    const Closing closing =
        close_run({.ids = {"unauthorized-without-challenge", "basic-realm-missing"}},
                  three_refusals(), style);
    CHECK(closing.failed());
    CHECK(closing.summary == "unauthorized-without-challenge (3)");
    CHECK(closing.table ==
          "count  found                           cause           route\n"
          "    2  unauthorized-without-challenge  token expired   GET /orders\n"
          "    1  unauthorized-without-challenge  no credentials  GET /users/{id}\n");
    const Closing cause = close_run({.ids = {"no-credentials"}}, three_refusals(), style);
    CHECK(cause.table.find("    1  no-credentials  no credentials  GET /users/{id}\n") !=
          std::string::npos);
}

TEST_CASE("nothing asked for, or nothing seen, is nothing to tell") {
    CHECK_FALSE(close_run({}, three_refusals(), style).failed());
    CHECK_FALSE(
        close_run({.ids = {"basic-realm-missing"}, .has_command = true}, three_refusals(), style)
            .failed());
}

TEST_CASE("a run that judged nothing is none that passed") {
    const FailOn wanted{.ids = {"no-credentials"}, .has_command = true};
    CHECK(close_run(wanted, {}, style).summary.starts_with("no request came through whogoes"));
    RunSeen api_down;
    api_down.requests = api_down.own_replies = 4;
    CHECK(close_run(wanted, api_down, style).summary.starts_with("no answer came from the API"));
    RunSeen fine;
    fine.requests = 1;
    CHECK_FALSE(close_run(wanted, fine, style).failed());
    FailOn lenient = wanted;
    lenient.allow_empty = true;
    CHECK_FALSE(close_run(lenient, {}, style).failed());
    FailOn alone = wanted;
    alone.has_command = false;
    CHECK_FALSE(close_run(alone, {}, style).failed());
}

}  // namespace
}  // namespace whogoes::app
