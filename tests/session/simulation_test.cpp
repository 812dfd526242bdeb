#include "proxy/session/simulation.hpp"

#include "tests/support/rig.hpp"

#include <doctest/doctest.h>

#include <string>

// Refusals that were asked for: by the request itself, or for a while.
namespace whogoes::support {
namespace {

using session::Simulation;

RigOptions dev(std::vector<std::string> offers = {}) {
    RigOptions options;
    options.settings.dev = true;
    options.offers = std::move(offers);
    return options;
}

const rules::Cause* cause(const char* id) { return rules::find_cause(id); }

std::string asked_from(const Rig& rig, const std::string& method, const std::string& target,
                       const std::string& fields = "") {
    return method + " " + target + " HTTP/1.1\r\nHost: " + rig.endpoint().text() + "\r\n" + fields +
           "\r\n";
}

TEST_CASE("a request may ask to be refused for a cause, and the API hears nothing of it") {
    Rig rig(dev({"Bearer realm=\"shop\""}));
    const Message reply =
        rig.ask(asked_from(rig, "GET", "/orders",
                           "Prefer: respond-async, whogoes=\"token-expired\"; a=b\r\n"
                           "Origin: http://localhost:5173\r\n"));
    CHECK(reply.status() == 401);
    CHECK(reply.field("WWW-Authenticate") == "Bearer realm=\"shop\", error=\"invalid_token\"");
    CHECK(reply.field("Access-Control-Allow-Origin") == "http://localhost:5173");
    CHECK(reply.field("Server-Timing") == "auth;desc=\"token expired\"");
    CHECK(reply.field("Preference-Applied") == "whogoes=token-expired");
    CHECK(reply.body.find("\"source\":\"whogoes\"") != std::string::npos);
    CHECK(rig.upstream.requests().empty());
    const boost::json::object event = rig.next_event();
    CHECK(text_at(event, "/event") == "auth.failure");
    CHECK(text_at(event, "/auth/cause") == "token-expired");
    CHECK(text_at(event, "/upstream/status_code") == "");
    CHECK(text_at(event, "/auth/changes").find("simulated") != std::string::npos);
}

TEST_CASE("what names no cause goes to the API, and the log says why") {
    Rig rig(dev());
    rig.upstream.always([](Talk& talk) { talk.answer(ok("in")); });
    CHECK(rig.ask(asked_from(rig, "GET", "/", "Prefer: whogoes=no-such\r\n")).body == "in");
    CHECK(text_at(rig.next_event(), "/auth/changes").find("whogoes causes") != std::string::npos);
    for (const char* other : {"return=minimal", "whogoes", "xwhogoes=token-expired", "whogoes="})
        CHECK(rig.ask(asked_from(rig, "GET", "/", "Prefer: " + std::string(other) + "\r\n")).body ==
              "in");
    CHECK(rig.stop().empty());
}

TEST_CASE("a connection goes on behind a simulated refusal, its body read or not") {
    Rig rig(dev());
    rig.upstream.always([](Talk& talk) { talk.answer(ok("in")); });
    Client client = rig.connect();
    const std::string prefer = "Prefer: whogoes=permission-denied\r\n";
    CHECK(client.ask(asked_from(rig, "POST", "/", prefer + "Content-Length: 2\r\n") + "{}")
              .status() == 403);
    CHECK(client.ask(asked_from(rig, "GET", "/")).body == "in");
    client.wire.send(asked_from(rig, "POST", "/", prefer + "Content-Length: 100000\r\n"));
    const Message reply = client.reply("POST");
    CHECK(reply.status() == 403);
    CHECK(reply.field("Connection") == "close");
}

TEST_CASE("a running proxy refuses what matches, until it is over") {
    Rig rig(dev());
    rig.upstream.always([](Talk& talk) { talk.answer(ok("in")); });
    const rules::TimePoint end = rig_start + std::chrono::seconds(60);
    CHECK(rig.simulations().add({cause("rate-limited"), {"", "/v1/**"}, end}));
    CHECK(rig.simulations().add({cause("csrf-failed"), {"POST", "/v1/orders"}, end}));

    const Message limited = rig.ask(asked_from(rig, "GET", "/v1/orders?a=b"));
    CHECK(limited.status() == 429);
    CHECK(limited.field("Retry-After") == "30");
    CHECK_FALSE(limited.has("Preference-Applied"));
    CHECK(rig.ask(asked_from(rig, "POST", "/v1/orders", "Content-Length: 0\r\n")).status() == 403);
    CHECK(rig.ask(asked_from(rig, "GET", "/v2")).body == "in");
    const std::string preflight =
        "Origin: http://localhost:5173\r\nAccess-Control-Request-Method: GET\r\n";
    CHECK(rig.ask(asked_from(rig, "OPTIONS", "/v1/orders", preflight)).status() == 204);

    rig.set_clock(end);
    CHECK(rig.ask(asked_from(rig, "GET", "/v1/orders")).body == "in");
}

TEST_CASE("a refused preflight is simulated on preflights alone, and without CORS") {
    Rig rig(dev());
    rig.upstream.always([](Talk& talk) { talk.answer(ok("in")); });
    const rules::TimePoint end = rig_start + std::chrono::seconds(60);
    CHECK(rig.simulations().add({cause("preflight-rejected"), {"", "/**"}, end}));
    const std::string origin = "Origin: http://localhost:5173\r\n";
    const Message refused =
        rig.ask(asked_from(rig, "OPTIONS", "/", origin + "Access-Control-Request-Method: GET\r\n"));
    CHECK(refused.status() == 401);
    CHECK_FALSE(refused.has("Access-Control-Allow-Origin"));
    CHECK(rig.ask(asked_from(rig, "GET", "/", origin)).body == "in");
}

TEST_CASE("a simulated refusal is not remembered as one of the API's") {
    Rig rig(dev());
    rig.upstream.always([](Talk& talk) { talk.answer(answer(401)); });
    const std::string token = "Authorization: Bearer opaque-0123456789\r\n";
    for (int i = 0; i < 6; ++i)
        rig.ask(asked_from(rig, "GET", "/", token + "Prefer: whogoes=opaque-token-rejected\r\n"));
    for (int i = 0; i < 6; ++i) rig.next_event();
    rig.ask(asked_from(rig, "GET", "/", token));
    CHECK(text_at(rig.next_event(), "/auth/also").find("repeated") == std::string::npos);
}

TEST_CASE("one simulation a pattern, sixteen in all, and all can be ended") {
    session::Simulations running;
    const rules::TimePoint end = rig_start + std::chrono::seconds(60);
    for (int i = 0; i < 16; ++i)
        CHECK(running.add({cause("token-expired"), {"", "/" + std::to_string(i)}, end}));
    CHECK_FALSE(running.add({cause("token-expired"), {"", "/more"}, end}));
    CHECK(running.add({cause("csrf-failed"), {"", "/1"}, end}));
    CHECK(running.cause_for("GET", "/1", rig_start) == cause("csrf-failed"));
    CHECK(running.cause_for("GET", "/2", rig_start) == cause("token-expired"));
    running.clear();
    CHECK(running.cause_for("GET", "/2", rig_start) == nullptr);
}

}  // namespace
}  // namespace whogoes::support
