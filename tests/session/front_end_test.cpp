#include "page_requests.hpp"

#include <doctest/doctest.h>

#include <string>

// The front-end profile: what is added for a page on this machine, and that nothing is without it.
namespace whogoes::support {
namespace {

std::string preflight(const std::string& origin, const std::string& headers = "authorization") {
    return "Origin: " + origin + "\r\nAccess-Control-Request-Method: PUT\r\n" +
           "Access-Control-Request-Headers: " + headers + "\r\nSec-Fetch-Mode: cors\r\n";
}

TEST_CASE("without the profile an answer is what the API sent, whoever calls") {
    Rig rig;
    const std::string origin = "Origin: " + page + "\r\nPrefer: whogoes=token-expired\r\n";
    for (const std::string& own :
         {answer(401, "Date: d\r\n", "no"), answer(403, "Date: d\r\n", "no"),
          answer(200, "Date: d\r\nSet-Cookie: a=1; Domain=b.example; Secure\r\n")}) {
        rig.upstream.will_answer(own);
        CHECK(rig.ask(from(rig, "GET", "/", origin)).whole() == own);
        rig.upstream.will_answer(own);
        CHECK(rig.ask(from(rig, "OPTIONS", "/", preflight(page))).whole() == own);
    }
}

TEST_CASE("an answer gets CORS for the calling origin where the API forgot it") {
    const struct {
        std::string given;
        int status;
        std::string fields;  // of the request
        std::string own;     // of the answer
        Values allowed;
    } rows[] = {
        {"401", 401, "Origin: " + page + "\r\n", "", {page}},
        {"403", 403, "Origin: " + page + "\r\nSec-Fetch-Mode: cors\r\n", "", {page}},
        {"200", 200, "Origin: " + page + "\r\n", "", {page}},
        {"404", 404, "Origin: " + page + "\r\n", "", {page}},
        {"a 200 for the dev server's own page",
         200,
         "Origin: " + page + "\r\nSec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\n",
         "",
         {}},
        {"a 200 for a page of the open web",
         200,
         "Origin: https://app.example\r\nSec-Fetch-Site: cross-site\r\n",
         "",
         {}},
        {"a 200 for an image", 200, "Origin: " + page + "\r\nSec-Fetch-Mode: no-cors\r\n", "", {}},
        {"a WebSocket",
         401,
         "Origin: " + page + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n",
         "",
         {}},
        {"no origin", 401, "", "", {}},
        {"a dev server's own page",
         401,
         "Origin: " + page + "\r\nSec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\n",
         "",
         {}},
        {"a navigation", 401, "Origin: " + page + "\r\nSec-Fetch-Mode: navigate\r\n", "", {}},
        {"the API's own",
         401,
         "Origin: " + page + "\r\n",
         "Access-Control-Allow-Origin: *\r\n",
         {"*"}},
        {"any page without a browser's word", 401, "Origin: https://app.example\r\n", "", {}},
        {"a page of the open web",
         401,
         "Origin: https://app.example\r\nSec-Fetch-Site: cross-site\r\n",
         "",
         {}},
        {"a sandboxed page", 401, "Origin: null\r\nSec-Fetch-Site: cross-site\r\n", "", {}},
        {"this machine, another site",
         401,
         "Origin: http://localhost:5173\r\nSec-Fetch-Site: cross-site\r\n",
         "",
         {"http://localhost:5173"}},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        Rig rig(dev());
        rig.upstream.will_answer(answer(row.status, row.own));
        const Message reply = rig.ask(from(rig, "GET", "/orders", row.fields));
        CHECK(reply.fields("Access-Control-Allow-Origin") == row.allowed);
        if (row.allowed.empty() || row.allowed.front() == "*") continue;
        CHECK(reply.field("Access-Control-Allow-Credentials") == "true");
        CHECK(reply.field("Vary") == "Origin");
        CHECK(text_at(rig.next_event(), "/auth/changes").find("production will show a") !=
              std::string::npos);
    }
}

TEST_CASE("a challenge is exposed to the page that CORS was added for") {
    const struct {
        std::string given;
        std::vector<std::string> offers;
        std::string own;
        Values exposed;
    } rows[] = {
        {"no challenge", {}, "", {}},
        {"the API's", {}, "WWW-Authenticate: Bearer\r\n", {"WWW-Authenticate"}},
        {"ours", {"bearer"}, "", {"WWW-Authenticate"}},
        {"the API's, with its CORS",
         {},
         "WWW-Authenticate: Bearer\r\nAccess-Control-Allow-Origin: *\r\n",
         {"WWW-Authenticate"}},
        {"exposed already",
         {},
         "WWW-Authenticate: Bearer\r\nAccess-Control-Allow-Origin: *\r\n"
         "Access-Control-Expose-Headers: X-A, www-authenticate\r\n",
         {"X-A, www-authenticate"}},
        {"ours, with the API's CORS",
         {"bearer"},
         "Access-Control-Allow-Origin: *\r\n",
         {"WWW-Authenticate"}},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        RigOptions options = dev();
        options.offers = row.offers;
        Rig rig(options);
        rig.upstream.will_answer(answer(401, row.own));
        const Message reply = rig.ask(from(rig, "GET", "/", "Origin: " + page + "\r\n"));
        CHECK(reply.fields("Access-Control-Expose-Headers") == row.exposed);
    }
}

TEST_CASE("a refused preflight is answered for the API, and said so") {
    Rig rig(dev());
    for (const int status : {401, 403, 404, 405, 302, 501}) {
        CAPTURE(status);
        rig.upstream.will_answer(answer(status, "Location: /login\r\n", "no"));
        const Message reply = rig.ask(from(rig, "OPTIONS", "/orders", preflight(page)));
        CHECK(reply.status() == 204);
        CHECK(reply.field("Access-Control-Allow-Origin") == page);
        CHECK(reply.field("Access-Control-Allow-Credentials") == "true");
        CHECK(reply.field("Access-Control-Allow-Methods") == "PUT");
        CHECK(reply.field("Access-Control-Allow-Headers") == "authorization");
        CHECK_FALSE(reply.has("Location"));
        const boost::json::object event = rig.next_event();
        CHECK(text_at(event, "/http/response/status_code") == "204");
        CHECK(text_at(event, "/upstream/status_code") == std::to_string(status));
        CHECK(text_at(event, "/auth/changes").find("production") != std::string::npos);
        CHECK(text_at(event, "/auth/remedy").find("--dev") == std::string::npos);
    }
    rig.upstream.will_answer(ok());  // no word of CORS
    CHECK(rig.ask(from(rig, "OPTIONS", "/", preflight(page))).status() == 204);
}

TEST_CASE("a connection goes on behind a preflight that was answered") {
    Rig rig(dev());
    rig.upstream.always([](Talk& talk) {
        talk.answer(talk.request.method() == "OPTIONS" ? answer(401, "", "no") : ok("in"));
    });
    Client client = rig.connect();
    for (int i = 0; i < 3; ++i) {
        CHECK(client.ask(from(rig, "OPTIONS", "/", preflight(page))).status() == 204);
        CHECK(client.ask(from(rig, "PUT", "/", "Content-Length: 0\r\n")).body == "in");
    }
}

TEST_CASE("a preflight that the API takes, that it cannot answer, or of the open web, is its own") {
    Rig rig(dev());
    const struct {
        int status;
        std::string own, origin, site;
    } rows[] = {
        {200, "Access-Control-Allow-Origin: *\r\nDate: d\r\n", page, ""},
        {502, "Date: d\r\n", page, ""},
        {403, "Date: d\r\n", "https://evil.example", "Sec-Fetch-Site: cross-site\r\n"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.status);
        rig.upstream.will_answer(answer(row.status, row.own));
        const Message reply = rig.ask(from(rig, "OPTIONS", "/", preflight(row.origin) + row.site));
        CHECK(reply.status() == row.status);
        CHECK_FALSE(reply.has("Access-Control-Allow-Methods"));
    }
    rig.upstream.will_answer(answer(204, "Access-Control-Allow-Origin: *\r\n"));
    const Message asked = rig.ask(from(rig, "OPTIONS", "/", preflight(page, "prefer,x-a")));
    CHECK(asked.fields("Access-Control-Allow-Headers") == Values{"Prefer"});
}

TEST_CASE("cookies are given so that the browser keeps them, in their order, and it is said") {
    Rig rig(dev());
    rig.upstream.will_answer(ok("{}",
                                "Set-Cookie: a=1; Path=/\r\n"
                                "Set-Cookie: sid=2; Domain=api.example; Secure; SameSite=None\r\n"
                                "X-Api: 1\r\nSet-Cookie: __Host-b=3; Secure; Path=/\r\n"));
    const Message reply = rig.ask(from(rig, "POST", "/login", "Content-Length: 0\r\n"));
    CHECK(reply.fields("Set-Cookie") ==
          Values{"a=1; Path=/", "sid=2; SameSite=Lax", "__Host-b=3; Secure; Path=/"});
    CHECK(reply.field("X-Api") == "1");
    const boost::json::object event = rig.next_event();
    CHECK(text_at(event, "/auth/changes").find("the cookie sid was given without") !=
          std::string::npos);
    CHECK(text_at(event, "/auth/rules").find("cookie-secure-over-http") != std::string::npos);
    CHECK(text_at(event, "/auth/remedy") == "Serve the page over https");

    // The browser has it now: whatever refuses it, no rule of storage does.
    rig.upstream.will_answer(answer(401));
    rig.ask(
        from(rig, "GET", "/orders",
             "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\n"));
    CHECK(text_at(rig.next_event(), "/auth/cause") == "session-cookie-missing");
}

TEST_CASE("what was changed is told without what looks like a credential") {
    Rig rig(dev());
    const std::string token =
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1In0.KK0HRt_6ju0Qg0uaJJ5ulswjSyB5zVrcA3v2gaVSPCw";
    rig.upstream.will_answer(ok("{}", "Set-Cookie: " + token + "=1; Domain=api.example\r\n"));
    CHECK(rig.ask(from(rig, "GET", "/login", "")).field("Set-Cookie") == token + "=1");
    CHECK(text_at(rig.next_event(), "/auth/changes").find("the cookie REDACTED") !=
          std::string::npos);
    rig.stop();
    CHECK(rig.log_text().find("KK0HRt") == std::string::npos);
}

TEST_CASE("a cookie is changed and told of where nothing is diagnosed, too") {
    RigOptions options = dev();
    options.settings.treatment.diagnose = false;
    Rig rig(options);
    rig.upstream.will_answer(ok("{}", "Set-Cookie: sid=2; Domain=api.example\r\n"));
    CHECK(rig.ask(from(rig, "GET", "/login", "")).field("Set-Cookie") == "sid=2");
    const boost::json::object event = rig.next_event();
    CHECK(text_at(event, "/level") == "warn");
    CHECK(text_at(event, "/auth/changes").find("the cookie sid") != std::string::npos);
}

TEST_CASE("the cause is named for DevTools, with leave to read it") {
    Rig rig(dev());
    rig.upstream.will_answer(answer(401, "Server-Timing: db;dur=3\r\n"));
    const Message plain = rig.ask(from(rig, "GET", "/", ""));
    CHECK(plain.fields("Server-Timing") == Values{"db;dur=3", "auth;desc=\"no credentials\""});
    CHECK_FALSE(plain.has("Timing-Allow-Origin"));  // the same origin needs no leave
    rig.upstream.will_answer(answer(401));
    const Message called = rig.ask(from(rig, "GET", "/", "Origin: " + page + "\r\n"));
    CHECK(called.field("Timing-Allow-Origin") == page);
    rig.upstream.will_answer(answer(401, "Timing-Allow-Origin: https://a.example\r\n"));
    CHECK(rig.ask(from(rig, "GET", "/", "")).fields("Timing-Allow-Origin") ==
          Values{"https://a.example"});
    rig.upstream.will_answer(answer(404));
    CHECK_FALSE(rig.ask(from(rig, "GET", "/", "")).has("Server-Timing"));
}

TEST_CASE("a refusal that hides behind a success is found in the body") {
    const std::string soft = ok("{\"code\":401}", "Content-Type: application/json\r\n");
    Rig plain({.log_everything = true});
    plain.upstream.will_answer(soft);
    plain.get("/");
    CHECK(text_at(plain.next_event(), "/auth/rules") == "");
    Rig rig(dev());
    rig.upstream.will_answer(soft);
    CHECK(rig.ask(from(rig, "GET", "/", "")).body == "{\"code\":401}");
    CHECK(text_at(rig.next_event(), "/auth/rules").find("soft-unauthorized") != std::string::npos);
}

TEST_CASE("a call that says by itself that its errors come with a 200 is looked into") {
    const std::string json = "Content-Type: application/json\r\n";
    const std::string refused =
        ok(R"({"errors":[{"message":"log in","extensions":{"code":"UNAUTHENTICATED"}}]})", json);
    const auto rules_of = [&](const std::string& body, const std::string& fields) {
        Rig rig({.log_everything = true});
        rig.upstream.will_answer(refused);
        rig.ask(post("/", body, json + fields));
        return text_at(rig.next_event(), "/auth/rules");
    };
    CHECK(rules_of(R"({"query":"{ items }"})", "").find("soft-unauthorized") != std::string::npos);
    CHECK(rules_of("{}", "Apollo-Require-Preflight: true\r\n").find("soft-unauthorized") !=
          std::string::npos);
    CHECK(rules_of(R"({"name":"ann"})", "") == "");
}

TEST_CASE("an answer of our own can be read by the page, too") {
    RigOptions options = dev();
    options.settings.upstream.host = "127.0.0.1";
    options.settings.upstream.port = 1;
    options.settings.upstream.origin = "http://127.0.0.1:1";
    options.settings.upstream.authority = "127.0.0.1:1";
    Rig rig(options);
    const Message reply = rig.ask(from(rig, "GET", "/", "Origin: " + page + "\r\n"));
    CHECK(reply.status() == 502);
    CHECK(reply.field("Access-Control-Allow-Origin") == page);
}

}  // namespace
}  // namespace whogoes::support
