#include "tests/support/rig.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

// Clients that ask again and again, with or without `refresh:` here.
namespace whogoes::support {
namespace {

std::string renewal(const std::string& form = "grant_type=refresh_token&refresh_token=rt-canary") {
    return post("/oauth/token", form, "Content-Type: application/x-www-form-urlencoded\r\n");
}

TEST_CASE("a client that renews too often is warned of, at the third and at the tenth time") {
    Rig rig;
    rig.upstream.always([](Talk& talk) { talk.answer(ok("{\"access_token\":\"a-canary\"}")); });
    for (int i = 0; i < 11; ++i) CHECK(rig.ask(renewal()).status() == 200);
    for (int i = 0; i < 5; ++i) rig.ask(renewal("grant_type=password&username=u"));
    const boost::json::object third = rig.next_event(), tenth = rig.next_event();
    CHECK(text_at(third, "/event") == "auth.refresh");
    CHECK(text_at(third, "/level") == "warn");
    CHECK(text_at(third, "/url/path") == "/oauth/token");
    CHECK(text_at(third, "/msg").find("renewal 3 within 60 s by 127.0.0.1") != std::string::npos);
    CHECK(text_at(tenth, "/level") == "error");
    CHECK(rig.stop().empty());
    CHECK(rig.log_text().find("canary") == std::string::npos);
}

TEST_CASE("renewals that are minutes apart are no storm") {
    Rig rig;
    rig.upstream.always([](Talk& talk) { talk.answer(ok("{}")); });
    for (int i = 0; i < 6; ++i) {
        rig.set_clock(rig_start + std::chrono::minutes(i));
        CHECK(rig.ask(renewal()).status() == 200);
    }
    CHECK(rig.stop().empty());
}

TEST_CASE("the same refused credential: repeated at the fifth, an error at the twentieth") {
    Rig rig;
    rig.upstream.always([](Talk& talk) { talk.answer(answer(401, "", "no")); });
    std::vector<std::string> levels, also;
    for (int i = 0; i < 20; ++i) {
        rig.get("/", "Authorization: Bearer stale-1\r\n");
        const boost::json::object event = rig.next_event();
        levels.push_back(text_at(event, "/level"));
        also.push_back(text_at(event, "/auth/also"));
    }
    CHECK(also[3] == "[]");
    CHECK(also[4] == "[\"repeated-rejected-credential\"]");
    CHECK(levels[18] == "warn");
    CHECK(levels[19] == "error");
}

TEST_CASE("renewed, refused, renewed, refused: the client loops") {
    Rig rig;
    rig.upstream.always([](Talk& talk) {
        talk.answer(talk.request.method() == "POST" ? ok("{}") : answer(401, "", "no"));
    });
    std::string cause;
    for (int i = 0; i < 3; ++i) {
        rig.ask(renewal());
        rig.get("/", "Authorization: Bearer fresh-" + std::to_string(i) + "\r\n");
        boost::json::object event = rig.next_event();
        if (text_at(event, "/event") == "auth.refresh") event = rig.next_event();
        cause = text_at(event, "/auth/cause");
        if (i < 2) CHECK(cause == "opaque-token-rejected");
    }
    CHECK(cause == "replay-still-unauthorized");
}

}  // namespace
}  // namespace whogoes::support
