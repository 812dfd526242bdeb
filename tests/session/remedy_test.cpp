#include "tests/support/rig.hpp"

#include <doctest/doctest.h>

#include <string>

// Challenges that the API forgot, the record of an exchange, and connections that carry a login.
namespace whogoes::support {
namespace {

const std::string bearer = "Bearer realm=\"api\"";

TEST_CASE("an observing proxy adds nothing and says what it would send") {
    Rig rig;
    rig.upstream.will_answer(answer(401, "Date: d\r\n", "no"));
    const Message reply = rig.get("/v1/orders");
    CHECK(reply.whole() == answer(401, "Date: d\r\n", "no"));
    const boost::json::object event = rig.next_event();
    CHECK(text_at(event, "/event") == "auth.failure");
    CHECK(text_at(event, "/auth/cause") == "no-credentials");
    CHECK(text_at(event, "/auth/challenge/injected") == "[]");
}

TEST_CASE("a missing challenge is added to a 401, one line each, behind the API's own fields") {
    Rig rig({.offers = {bearer, "Basic realm=\"api\", charset=\"UTF-8\""}});
    rig.upstream.will_answer(answer(401, "X-Api: 1\r\nDate: d\r\n", "no"));
    const Message reply = rig.get("/");
    CHECK(reply.head ==
          "HTTP/1.1 401 Status\r\nX-Api: 1\r\nDate: d\r\nContent-Length: 2\r\n"
          "WWW-Authenticate: Bearer realm=\"api\"\r\n"
          "WWW-Authenticate: Basic realm=\"api\", charset=\"UTF-8\"\r\n\r\n");
    CHECK(reply.body == "no");
    CHECK(text_at(rig.next_event(), "/auth/challenge/injected").find("Bearer") !=
          std::string::npos);
}

// It is weighed with the head, and passes as it came all the same.
TEST_CASE("a body that came with its head tells the cause, whatever its framing") {
    const std::string json = "Content-Type: application/json\r\n";
    const std::string body = "{\"error\":\"insufficient_scope\"}";
    const struct {
        const char* given;
        std::string answer;
    } rows[] = {
        {"a length", answer(401, json, body)},
        {"a length, and octets behind it", answer(401, json, body) + "HTTP/1.1 200 OK\r\n\r\n"},
        {"chunks", "HTTP/1.1 401 Status\r\n" + json + "Transfer-Encoding: chunked\r\n\r\n10\r\n" +
                       body.substr(0, 16) + "\r\ne\r\n" + body.substr(16) + "\r\n0\r\n\r\n"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        Rig rig({.offers = {bearer}});
        rig.upstream.will_answer(row.answer);
        const Message reply = rig.get("/", "Authorization: Bearer opaque-token-of-somebody\r\n");
        CHECK(reply.head.find("error=\"invalid_token\"") != std::string::npos);
        const boost::json::object event = rig.next_event();
        CHECK(text_at(event, "/auth/cause") == "insufficient-scope");
        CHECK(text_at(event, "/upstream/message") == "insufficient_scope");
    }
}

TEST_CASE("a 401 with a challenge of its own passes byte for byte") {
    Rig rig({.offers = {bearer}});
    const std::string own =
        answer(401, "WWW-Authenticate:  Digest  realm=x, nonce=\"abc\" ,\r\nDate: d\r\n", "no");
    rig.upstream.will_answer(own);
    CHECK(rig.get("/").whole() == own);
}

TEST_CASE("only a 401 gets a challenge") {
    for (const int status : {200, 400, 403, 404, 407, 500}) {
        CAPTURE(status);
        Rig rig({.offers = {bearer}});
        const std::string own = answer(status, "Date: d\r\n", "no");
        rig.upstream.will_answer(own);
        CHECK(rig.get("/").whole() == own);
    }
}

TEST_CASE("an added challenge is exposed to scripts of another origin") {
    const struct {
        std::string given;
        const char* fields;
        std::vector<std::string> exposed;
    } rows[] = {
        {"no CORS", "", {}},
        {"CORS", "Access-Control-Allow-Origin: *\r\n", {"WWW-Authenticate"}},
        {"CORS with a list of its own",
         "Access-Control-Allow-Origin: *\r\nAccess-Control-Expose-Headers: X-A\r\n"
         "Access-Control-Expose-Headers: X-B\r\n",
         {"X-A, X-B, WWW-Authenticate"}},
        {"CORS with a name that holds it",
         "Access-Control-Allow-Origin: *\r\n"
         "Access-Control-Expose-Headers: X-WWW-Authenticate-Hint\r\n",
         {"X-WWW-Authenticate-Hint, WWW-Authenticate"}},
        {"CORS that has it",
         "Access-Control-Allow-Origin: *\r\nAccess-Control-Expose-Headers: www-authenticate\r\n",
         {"www-authenticate"}},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        Rig rig({.offers = {bearer}});
        rig.upstream.will_answer(answer(401, row.fields));
        const Message reply =
            rig.get("/", "Origin: https://app.example\r\nSec-Fetch-Mode: cors\r\n");
        CHECK(reply.has("WWW-Authenticate"));
        CHECK(reply.fields("Access-Control-Expose-Headers") == row.exposed);
    }
}

TEST_CASE("the first route that matches decides, by method and path without the query") {
    RigOptions options;
    options.offers = {bearer};
    settings::Route open, quiet;
    open.match = {"", "/public/**"};
    open.treatment.route = "/public/**";
    quiet.match = {"POST", "/login"};
    quiet.treatment.route = "POST /login";
    quiet.treatment.diagnose = false;
    options.settings.routes = {open, quiet};
    Rig rig(options);
    rig.upstream.always([](Talk& talk) { talk.answer(answer(401)); });

    CHECK_FALSE(rig.get("/public/a").has("WWW-Authenticate"));
    CHECK(text_at(rig.next_event(), "/url/path") == "/public/a");
    CHECK_FALSE(rig.ask(post("/login", "")).has("WWW-Authenticate"));
    CHECK(rig.get("/private?x=/public/").has("WWW-Authenticate"));
    CHECK(text_at(rig.next_event(), "/url/path") == "/private");
    CHECK(rig.stop().empty());
}

TEST_CASE("the query is no part of what a route matches") {
    RigOptions options;
    options.offers = {bearer};
    settings::Route exact;
    exact.match = {"", "/exact"};
    exact.treatment.route = "/exact";
    options.settings.routes = {exact};
    Rig rig(options);
    rig.upstream.always([](Talk& talk) { talk.answer(answer(401)); });
    CHECK_FALSE(rig.get("/exact?page=2").has("WWW-Authenticate"));
    const std::string host = rig.endpoint().text();
    CHECK_FALSE(rig.ask("GET http://" + host + "/exact HTTP/1.1\r\nHost: " + host + "\r\n\r\n")
                    .has("WWW-Authenticate"));
}

TEST_CASE("an NTLM handshake stays on one upstream connection that nobody else gets") {
    Rig rig;
    const auto leg = [](std::string bytes) { return [bytes](Talk& talk) { talk.answer(bytes); }; };
    std::vector<std::size_t> used;
    rig.upstream.always([&](Talk& talk) {
        used.push_back(talk.connection);
        const std::string sent = talk.request.field("Authorization");
        leg(sent == "NTLM TlRMTVNTUAAD"   ? ok("in")
            : sent == "NTLM TlRMTVNTUAAB" ? answer(401, "WWW-Authenticate: NTLM TlRMTVNTUAAC\r\n")
            : sent.empty() && talk.request.target() == "/ntlm"
                ? answer(401, "WWW-Authenticate: NTLM\r\n")
                : ok("other"))(talk);
    });
    Client client = rig.connect();
    Client other = rig.connect();

    CHECK(client.ask(get("/ntlm")).status() == 401);
    CHECK(other.ask(get("/")).body == "other");
    CHECK(client.ask(get("/ntlm", "Authorization: NTLM TlRMTVNTUAAB\r\n")).status() == 401);
    CHECK(other.ask(get("/")).body == "other");
    CHECK(client.ask(get("/ntlm", "Authorization: NTLM TlRMTVNTUAAD\r\n")).body == "in");
    CHECK(client.ask(get("/after")).body == "other");
    CHECK(other.ask(get("/")).body == "other");

    CHECK(used == std::vector<std::size_t>{0, 1, 0, 1, 0, 0, 1});
    client.wire.close();
    rig.upstream.wait_for_ended(1);  // with its client, and not back to the pool
}

}  // namespace
}  // namespace whogoes::support
