#include "page_requests.hpp"

#include <doctest/doctest.h>

#include <string>

// CORS beyond refusals: what a page of another origin needs to read a success, and what is said
// where it may not.
namespace whogoes::support {
namespace {

TEST_CASE("what a page needs of a success is added to each and said once a route") {
    Rig rig(dev());
    rig.upstream.always([](Talk& talk) { talk.answer(ok("in")); });
    const auto allowed = [&](const std::string& method, const std::string& path) {
        return rig.ask(call(rig, method, path, "Content-Length: 0\r\n"))
            .field("Access-Control-Allow-Origin");
    };
    for (const char* path : {"/orders/1", "/orders/2", "/orders/1"})
        CHECK(allowed("POST", path) == page);
    const boost::json::object event = rig.next_event();
    CHECK(text_at(event, "/http/response/status_code") == "200");
    CHECK(text_at(event, "/auth/changes")
              .find("CORS was added for " + page +
                    ": production will show a network error (said once for POST /orders/{id})") !=
          std::string::npos);
    CHECK(allowed("PUT", "/orders/1") == page);
    CHECK(text_at(rig.next_event(), "/auth/changes").find("PUT /orders/{id}") != std::string::npos);
    CHECK(rig.stop().empty());
}

TEST_CASE("a success whose CORS was added and told of is no event, however script sent it") {
    Rig rig(dev());
    rig.upstream.always([](Talk& talk) { talk.answer(ok("in")); });
    for (const char* const credential : {"", "Authorization: Bearer a\r\n", "Cookie: a=1\r\n"})
        CHECK(
            rig.ask(call(rig, "GET", "/orders", credential)).field("Access-Control-Allow-Origin") ==
            page);
    const boost::json::object event = rig.next_event();
    CHECK(text_at(event, "/auth/rules").find("cors-missing-on-success") != std::string::npos);
    CHECK(text_at(event, "/auth/changes").find("CORS was added") != std::string::npos);
    CHECK(rig.stop().empty());
}

TEST_CASE("a page may read why its gRPC-Web call was not passed on, and any other own answer") {
    Rig rig(dev());
    rig.upstream.always([](Talk& talk) { talk.wire.close(); });
    const Message told = rig.ask(call(rig, "POST", "/a.B/C",
                                      "Content-Type: application/grpc-web+proto\r\n"
                                      "Content-Length: 0\r\n"));
    CHECK(told.field("grpc-status") == "14");
    CHECK(told.field("Access-Control-Allow-Origin") == page);
    CHECK(told.field("Access-Control-Expose-Headers") == "grpc-status, grpc-message");
    const Message other = rig.ask(call(rig, "POST", "/orders", "Content-Length: 0\r\n"));
    CHECK(other.status() == 502);
    CHECK(other.field("Access-Control-Expose-Headers") == "WWW-Authenticate");
}

TEST_CASE("a page that sent a cookie gets the leave that its credentials need") {
    Rig rig(dev());
    const std::string own = "Access-Control-Allow-Origin: " + page + "\r\nVary: Origin\r\n";
    const struct {
        std::string fields, own;
        Values allowed;
    } rows[] = {
        {"Cookie: a=1\r\n", own, {"true"}},
        {"", own, {}},
        {"Cookie: a=1\r\n", own + "Access-Control-Allow-Credentials: true\r\n", {"true"}},
        {"Cookie: a=1\r\n", "Access-Control-Allow-Origin: *\r\n", {}},
        {"Cookie: a=1\r\n", "", {"true"}},
    };
    for (const auto& row : rows) {
        CAPTURE(row.own);
        rig.upstream.will_answer(ok("{}", row.own));
        const Message reply = rig.ask(call(rig, "GET", "/", row.fields));
        CHECK(reply.fields("Access-Control-Allow-Credentials") == row.allowed);
        CHECK(reply.fields("Access-Control-Allow-Origin").size() == 1);
    }
}

TEST_CASE("without the profile a success that its page may not read is told of") {
    Rig rig;
    rig.upstream.always([](Talk& talk) { talk.answer(ok("in")); });
    const std::string token = "Authorization: Bearer a\r\nContent-Length: 0\r\n";
    CHECK_FALSE(rig.ask(call(rig, "POST", "/orders", token)).has("Access-Control-Allow-Origin"));
    const boost::json::object event = rig.next_event();
    CHECK(text_at(event, "/event") == "auth.compliance");
    CHECK(text_at(event, "/auth/rules").find("cors-missing-on-success") != std::string::npos);
    CHECK(text_at(event, "/auth/remedy").find("--dev") != std::string::npos);
    for (const char* const site : {"Sec-Fetch-Site: same-origin\r\n", "Sec-Fetch-Site: none\r\n"})
        rig.ask(from(rig, "POST", "/", "Origin: " + page + "\r\n" + site + token));
    rig.ask(from(rig, "POST", "/", "Origin: http://" + rig.endpoint().text() + "\r\n" + token));
    CHECK(rig.stop().empty());
}

TEST_CASE("nothing of CORS is said of a WebSocket that was refused") {
    Rig rig(dev());
    rig.upstream.will_answer(answer(401));
    rig.ask(from(rig, "GET", "/socket",
                 "Origin: " + page + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"));
    const boost::json::object event = rig.next_event();
    CHECK(text_at(event, "/auth/changes").empty());
    CHECK(text_at(event, "/auth/rules").find("cors") == std::string::npos);
}

}  // namespace
}  // namespace whogoes::support
