#include "tests/support/rig.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <set>
#include <string>

// traceparent and X-Request-Id (`trace`): passed on as they came, and made where they are absent.
namespace whogoes::support {
namespace {

RigOptions creating() {
    RigOptions options;
    options.settings.trace_create = true;
    return options;
}

const std::string given = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST_CASE("a request without a trace begins one, and its record names it") {
    Rig rig(creating());
    std::set<std::string> ids;
    for (int i = 0; i < 3; ++i) {
        rig.upstream.will_answer(answer(401, "", "{}"));
        rig.get("/v1/orders");
        const Message sent = rig.upstream.request(static_cast<std::size_t>(i));
        const std::string trace = sent.field("traceparent");
        CAPTURE(sent.head);
        REQUIRE(trace.size() == 55);
        CHECK(trace.starts_with("00-"));
        CHECK(trace.ends_with("-01"));
        const std::string id = trace.substr(3, 32);
        CHECK(id.find_first_not_of("0123456789abcdef") == std::string::npos);
        CHECK(sent.field("X-Request-Id") == id);
        CHECK(text_at(rig.next_event(), "/trace_id") == id);
        ids.insert(id);
    }
    CHECK(ids.size() == 3);
}

TEST_CASE("what the client sent passes as it came, and only what is absent is added") {
    const struct {
        std::string fields;
        std::string trace, request_id;
        bool made_id;
    } rows[] = {
        {"traceparent: " + given + "\r\n", given, "", true},
        {"X-Request-Id: mine\r\n", "", "mine", false},
        {"traceparent: " + given + "\r\nX-Request-Id: mine\r\n", given, "mine", false},
        {"traceparent: nonsense\r\nX-Request-Id: \r\n", "nonsense", "", false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.fields);
        Rig rig(creating());
        rig.upstream.will_answer(answer(401, "", "{}"));
        rig.get("/v1/orders", row.fields);
        const Message sent = rig.upstream.request(0);
        CHECK(sent.fields("traceparent").size() == 1);
        CHECK(sent.fields("X-Request-Id").size() == 1);
        if (!row.trace.empty()) CHECK(sent.field("traceparent") == row.trace);
        if (row.made_id)
            CHECK(sent.field("X-Request-Id").size() == 32);
        else
            CHECK(sent.field("X-Request-Id") == row.request_id);
        const std::string id = text_at(rig.next_event(), "/trace_id");
        if (row.trace == given) CHECK(id == given.substr(3, 32));
        if (row.trace == "nonsense") CHECK(id.empty());
    }
}

TEST_CASE("a request that is sent again because its connection had died keeps its trace") {
    RigOptions options = creating();
    options.settings.timeouts.upstream_idle = std::chrono::hours(1);
    Rig rig(options);
    rig.upstream.will_answer(answer(200, "", "{}"));
    rig.upstream.will([](Talk& talk) { talk.wire.close(); });
    rig.upstream.will_answer(answer(401, "", "{}"));
    Client client = rig.connect();
    client.ask(get("/warm"));
    client.ask(get("/v1/orders"));
    const std::string first = rig.upstream.request(1).field("traceparent");
    CHECK(first.size() == 55);
    CHECK(rig.upstream.request(2).field("traceparent") == first);
    CHECK(text_at(rig.next_event(), "/trace_id") == first.substr(3, 32));
}

TEST_CASE("without being told to, nothing is made") {
    Rig rig;
    rig.upstream.will_answer(answer(401, "", "{}"));
    rig.get("/v1/orders");
    CHECK_FALSE(rig.upstream.request(0).has("traceparent"));
    CHECK_FALSE(rig.upstream.request(0).has("X-Request-Id"));
    CHECK(text_at(rig.next_event(), "/trace_id").empty());
}

}  // namespace
}  // namespace whogoes::support
