#include "proxy/report/admin_router.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <string>

namespace whogoes::report {
namespace {

AdminSources sources() {
    AdminSources given;
    given.ready = [] { return true; };
    given.metrics = [] { return std::string("x 1\n"); };
    given.reload = [] { return std::string(); };
    given.host_names = []() -> const std::vector<std::string>& {
        static const std::vector<std::string> names{"gateway.internal"};
        return names;
    };
    given.token = "an-admin-token-for-tests";
    return given;
}

AdminQuestion get(std::string_view target) {
    AdminQuestion question;
    question.method = "GET";
    question.target = target;
    question.hosts = {"127.0.0.1:9401"};
    return question;
}

AdminQuestion reload() {
    AdminQuestion question = get("/-/reload");
    question.method = "POST";
    question.authorizations = {"Bearer an-admin-token-for-tests"};
    return question;
}

TEST_CASE("a host is ours by being an address, a loopback name or configured") {
    struct {
        const char* given;
        bool ours;
    } const cases[] = {
        {"127.0.0.1:9401", true},
        {"10.0.0.7", true},
        {"192.168.1.5:9401", true},
        {"[::1]:9401", true},
        {"[fe80::1]", true},
        {"localhost", true},
        {"LOCALHOST:9401", true},
        {"localhost.", true},
        {"app.localhost:1", true},
        {"gateway.internal", true},
        {"Gateway.Internal:9401", true},
        {"evil.example", false},
        {"127.0.0.1.evil.example", false},
        {"localhost.evil.example", false},
        {"notlocalhost", false},
        {"127.1", false},
        {"2130706433", false},
        {"0x7f000001", false},
        {"[::1", false},
        {"[::1]x", false},
        {"[evil.example]", false},
        {"127.0.0.1:80@evil.example", false},
        {"127.0.0.1:port", false},
        {"::1", false},
        {"", false},
        {".", false},
        {":80", false},
        {"localhost evil.example", false},
    };
    for (const auto& row : cases) {
        CAPTURE(row.given);
        CHECK(is_own_host(row.given, {"gateway.internal"}) == row.ours);
    }
}

TEST_CASE("a foreign name is refused, and told which key allows it") {
    for (const char* path : {"/", "/page.js", "/api/v1/events", "/-/reload", "/nothing"}) {
        CAPTURE(path);
        AdminQuestion question = get(path);
        question.hosts = {"rebound.example"};
        question.authorizations = {"Bearer an-admin-token-for-tests"};
        const AdminReply refused = answer(question, sources());
        CHECK(refused.status == 403);
        CHECK(refused.body.find("host_names") != std::string::npos);
    }
}

TEST_CASE("probes and metrics answer by any name, but by one alone") {
    for (const char* path : {"/livez", "/readyz", "/metrics"}) {
        CAPTURE(path);
        AdminQuestion question = get(path);
        question.hosts = {"whogoes:9401"};
        CHECK(answer(question, sources()).status == 200);
        question.hosts = {};
        CHECK(answer(question, sources()).status == 400);
        question.hosts = {"127.0.0.1", "rebound.example"};
        CHECK(answer(question, sources()).status == 400);
    }
    CHECK(answer(get("http://evil.example/livez"), sources()).status == 400);
}

TEST_CASE("probes and metrics need no token") {
    CHECK(answer(get("/livez"), sources()).status == 200);
    CHECK(answer(get("/readyz"), sources()).status == 200);
    CHECK(answer(get("/readyz?verbose"), sources()).status == 200);
    const AdminReply metrics = answer(get("/metrics"), sources());
    CHECK(metrics.body == "x 1\n");
    CHECK(metrics.content_type == "text/plain; version=0.0.4; charset=utf-8");
    AdminSources draining = sources();
    draining.ready = [] { return false; };
    CHECK(answer(get("/readyz"), draining).status == 503);
    CHECK(answer(get("/livez"), draining).status == 200);
}

TEST_CASE("a reload needs the token, and its error is told") {
    CHECK(answer(reload(), sources()).status == 200);
    AdminSources broken = sources();
    broken.reload = [] { return std::string("whogoes.yaml:3:1: unknown key \"lsten\""); };
    const AdminReply refused = answer(reload(), broken);
    CHECK(refused.status == 422);
    CHECK(boost::json::parse(refused.body).at("message").as_string() ==
          "whogoes.yaml:3:1: unknown key \"lsten\"");

    bool reloaded = false;
    AdminSources watched = sources();
    watched.reload = [&] {
        reloaded = true;
        return std::string();
    };
    struct {
        std::vector<std::string_view> authorizations;
        std::string challenge;
    } const cases[] = {
        {{}, "Bearer realm=\"whogoes-admin\""},
        {{"Bearer wrong"}, "Bearer realm=\"whogoes-admin\", error=\"invalid_token\""},
        {{"Bearer an-admin-token-for-test"},
         "Bearer realm=\"whogoes-admin\", error=\"invalid_token\""},
        {{"Basic an-admin-token-for-tests"},
         "Bearer realm=\"whogoes-admin\", error=\"invalid_token\""},
        {{"Bearer an-admin-token-for-tests", "Bearer an-admin-token-for-tests"},
         "Bearer realm=\"whogoes-admin\", error=\"invalid_token\""},
    };
    for (const auto& row : cases) {
        AdminQuestion question = reload();
        question.authorizations = row.authorizations;
        const AdminReply reply = answer(question, watched);
        CHECK(reply.status == 401);
        CHECK(reply.authenticate == row.challenge);
    }
    CHECK_FALSE(reloaded);
}

TEST_CASE("who has no key, or a wrong one, is told where the right one is") {
    AdminSources given = sources();
    AdminQuestion question = reload();
    question.authorizations = {};
    CHECK(answer(question, given).body.find("the key is missing: it was printed at the start") !=
          std::string::npos);
    given.token_place = [] { return std::string("it lies in ~/a"); };
    question.authorizations = {"Bearer wrong"};
    CHECK(answer(question, given)
              .body.find("this is not the key of this whogoes: it lies in ~/a. "
                         "Send it as Authorization: Bearer") != std::string::npos);
}

TEST_CASE("without a token nobody may reload") {
    AdminSources bare = sources();
    bare.token.clear();
    AdminQuestion question = reload();
    question.authorizations = {"Bearer "};
    CHECK(answer(question, bare).status == 401);
}

TEST_CASE("another origin may not change anything, token or not") {
    struct {
        std::string_view origin, site;
        int status;
    } const cases[] = {
        {"", "", 200},
        {"http://127.0.0.1:9401", "same-origin", 200},
        {"", "none", 200},
        {"http://localhost:5173", "", 403},
        {"http://127.0.0.1:9402", "", 403},
        {"https://127.0.0.1:9401", "", 403},
        {"null", "", 403},
        {"", "cross-site", 403},
        {"", "same-site", 403},
    };
    for (const auto& row : cases) {
        CAPTURE(row.origin);
        CAPTURE(row.site);
        AdminQuestion question = reload();
        question.origin = row.origin;
        question.fetch_site = row.site;
        CHECK(answer(question, sources()).status == row.status);
    }
}

TEST_CASE("a simulation is asked for with the token, its parameters percent-decoded") {
    SimulationWish seen;
    AdminSources simulating = sources();
    simulating.simulate = [&](const SimulationWish& wish) -> SimulationOutcome {
        seen = wish;
        if (wish.cause == "no-such") return {422, "cause: names no cause"};
        return {200, "simulating"};
    };
    AdminQuestion question = reload();
    question.target = "/api/v1/simulate?cause=token-expired&match=POST%20%2Fv1%2f**&for=5m&x=%zz";
    const AdminReply reply = answer(question, simulating);
    CHECK(reply.status == 200);
    CHECK(boost::json::parse(reply.body).at("message").as_string() == "simulating");
    CHECK(seen.cause == "token-expired");
    CHECK(seen.match == "POST /v1/**");
    CHECK(seen.duration == "5m");
    question.body = R"({"cause":"csrf-failed","match":"/a","for":"1m","more":1})";
    CHECK(answer(question, simulating).status == 200);
    CHECK(seen.cause == "csrf-failed");
    CHECK(seen.match == "/a");
    question.body = "not JSON";
    question.target = "/api/v1/simulate?cause=no-such";
    CHECK(answer(question, simulating).status == 422);
    CHECK(seen.match == "");
    CHECK(answer(question, sources()).status == 501);
    question.authorizations.clear();
    CHECK(answer(question, simulating).status == 401);
}

TEST_CASE("an MCP message is a POST of JSON with the key, from no foreign page") {
    AgentQuestion seen;
    AdminSources speaking = sources();
    speaking.agents = [&](const AgentQuestion& question) {
        seen = question;
        return AgentReply{question.body == "{}" ? 202 : 200, question.body == "{}" ? "" : "[]", {}};
    };
    AdminQuestion question = get("/mcp");
    question.method = "POST";
    question.content_type = "application/json; charset=utf-8";
    question.mcp_version = "2026-07-28";
    question.mcp_method = "tools/call";
    question.mcp_name = "causes";
    question.body = "[1]";
    CHECK(answer(question, speaking).status == 401);
    question.authorizations = {"Bearer wrong"};
    CHECK(answer(question, speaking).status == 401);
    question.authorizations = {"Bearer an-admin-token-for-tests"};
    const AdminReply told = answer(question, speaking);
    CHECK(told.status == 200);
    CHECK(told.body == "[]");
    CHECK(seen.protocol_version + seen.method + seen.name == "2026-07-28tools/callcauses");
    CHECK(answer(question, sources()).status == 501);
    question.body = "{}";
    CHECK(answer(question, speaking).status == 202);
    question.content_type = "text/plain";
    CHECK(answer(question, speaking).status == 415);
    question.origin = "https://evil.example";
    CHECK(answer(question, speaking).status == 403);
    question.method = "GET";
    CHECK(answer(question, speaking).allow == "POST");
}

TEST_CASE("an answer that takes a while is handed on, with its status") {
    AdminSources speaking = sources();
    speaking.agents = [](const AgentQuestion&) {
        AgentReply later;
        later.later = [](const std::atomic<bool>& abandoned) {
            return AgentReply{200, abandoned ? "left" : "made", {}};
        };
        return later;
    };
    AdminQuestion question = get("/mcp");
    question.method = "POST";
    question.content_type = "application/json";
    question.authorizations = {"Bearer an-admin-token-for-tests"};
    const AdminReply reply = answer(question, speaking);
    REQUIRE(reply.later);
    const std::atomic<bool> no{false}, yes{true};
    CHECK(reply.later(no).body == "made");
    CHECK(reply.later(yes).body == "left");
    CHECK(reply.later(no).content_type == "application/json");
}

TEST_CASE("what is not there, and what a path does not take, is said in JSON") {
    const AdminReply missing = answer(get("/nothing"), sources());
    CHECK(missing.status == 404);
    CHECK(missing.content_type == "application/json");
    CHECK(boost::json::parse(missing.body).at("source").as_string() == "whogoes");
    AdminQuestion question = get("/metrics");
    question.method = "DELETE";
    const AdminReply wrong = answer(question, sources());
    CHECK(wrong.status == 405);
    CHECK(wrong.allow == "GET, HEAD");
    CHECK(answer(get("/-/reload"), sources()).status == 405);
    question.method = "HEAD";
    CHECK(answer(question, sources()).status == 200);
}

TEST_CASE("tokens are compared whole") {
    CHECK(equal_in_constant_time("abc", "abc"));
    CHECK_FALSE(equal_in_constant_time("abc", "abd"));
    CHECK_FALSE(equal_in_constant_time("abc", "abcd"));
    CHECK(equal_in_constant_time("", ""));
}

}  // namespace
}  // namespace whogoes::report
