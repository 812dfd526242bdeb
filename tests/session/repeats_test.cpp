#include "tests/support/rig.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

// The same refusal again and again: recorded each time, and looked at afresh where anything that a
// diagnosis may depend on has changed.
namespace whogoes::support {
namespace {

using namespace std::chrono_literals;

constexpr int many = 40;  // beyond where the count of refusals is at its cap

std::string refusal(std::string_view body) {
    return "HTTP/1.1 401 Unauthorized\r\nContent-Type: text/plain\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

struct Storm {
    Rig rig;
    Client client = rig.connect();

    explicit Storm(RigOptions options = {}) : rig(std::move(options)) {}

    boost::json::object once(std::string_view token, std::string_view body,
                             Message* reply = nullptr, std::string_view fields = "") {
        rig.upstream.will_answer(refusal(body));
        const Message answer =
            client.ask("GET /orders HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " +
                       std::string(token) + "\r\n" + std::string(fields) + "\r\n");
        if (reply != nullptr) *reply = answer;
        return rig.next_event();
    }
    void rage(std::string_view token, std::string_view body) {
        for (int i = 0; i < many; ++i) once(token, body);
    }
};

// What may differ between two records of the same.
boost::json::object without_own(boost::json::object event) {
    for (const char* key : {"time", "id", "duration_ms"}) event.erase(key);
    if (event.contains("upstream")) event["upstream"].as_object().erase("duration_ms");
    return event;
}

TEST_CASE("each repetition is a record of its own, which says the same") {
    Storm storm;
    std::set<std::string> ids;
    std::vector<boost::json::object> events;
    for (int i = 0; i < 3 * many; ++i) {
        events.push_back(storm.once("opaque-token-1", "no such token"));
        ids.insert(text_at(events.back(), "/id"));
        CHECK(text_at(events.back(), "/upstream/status_code") == "401");
    }
    CHECK(ids.size() == events.size());
    CHECK(without_own(events[events.size() - 1]) == without_own(events[events.size() - 2]));
    CHECK(text_at(events.back(), "/auth/also").find("repeated-rejected-credential") !=
          std::string::npos);
    CHECK(text_at(events[0], "/auth/also").find("repeated") == std::string::npos);
}

TEST_CASE("a repetition's answer gets the challenge that the first one got") {
    RigOptions options;
    options.offers = {"Bearer realm=\"api\""};
    Storm storm(options);
    Message first, last;
    storm.once("opaque-token-1", "no", &first);
    storm.rage("opaque-token-1", "no");
    storm.once("opaque-token-1", "no", &last);
    CHECK(first.has("WWW-Authenticate"));
    CHECK(last.head == first.head);
}

TEST_CASE("what differs is looked at afresh") {
    Storm storm;
    storm.rage("opaque-token-1", "no such token");
    SUBCASE("another body") {
        CHECK(text_at(storm.once("opaque-token-1", "the token has expired"), "/auth/cause") !=
              text_at(storm.once("opaque-token-1", "no such token"), "/auth/cause"));
    }
    SUBCASE("another token") {
        const auto other = storm.once("opaque-token-2", "no such token");
        CHECK(text_at(other, "/auth/also").find("repeated") == std::string::npos);
    }
    SUBCASE("another field of the request") {
        const auto other =
            storm.once("opaque-token-1", "no such token", nullptr, "Accept-Language: en\r\n");
        CHECK(text_at(other, "/http/request/header").find("accept-language") != std::string::npos);
    }
    SUBCASE("another second") {
        storm.rig.set_clock(rig_start + 20s);
        const auto later = storm.once("opaque-token-1", "no such token");
        CHECK(text_at(later, "/time").find(":44.") != std::string::npos);
        CHECK(text_at(later, "/auth/facts/window_s") == "20");
    }
    SUBCASE("other settings") {
        storm.rig.reload([](settings::Settings& settings) {
            settings.treatment.remedies.offers = {offer("Bearer realm=\"api\"")};
        });
        storm.rig.settle();
        Message reply;
        storm.once("opaque-token-1", "no such token", &reply);
        CHECK(reply.has("WWW-Authenticate"));
    }
}

TEST_CASE("what the client did in between counts within the same second, too") {
    Storm storm;
    storm.rage("opaque-token-1", "no such token");
    storm.rig.upstream.will_answer(ok());
    storm.client.ask(
        "GET /other HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer opaque-token-1\r\n\r\n");
    CHECK(text_at(storm.once("opaque-token-1", "no such token"), "/auth/cause") ==
          "revoked-or-logged-out");
}

TEST_CASE("repetitions are counted in the history: a storm that ends is forgotten in time") {
    Storm storm;
    storm.rage("opaque-token-1", "no");
    storm.rig.set_clock(rig_start + 900ms);
    storm.rage("opaque-token-1", "no");
    // Half a minute after the first ones, not after the last.
    storm.rig.set_clock(rig_start + 30s + 500ms);
    const auto later = storm.once("opaque-token-1", "no");
    CHECK(text_at(later, "/auth/also").find("repeated-rejected-credential") != std::string::npos);
    storm.rig.set_clock(rig_start + 90s);
    const auto much_later = storm.once("opaque-token-1", "no");
    CHECK(text_at(much_later, "/auth/also").find("repeated") == std::string::npos);
}

}  // namespace
}  // namespace whogoes::support
