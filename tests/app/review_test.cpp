#include "proxy/app/review.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

namespace whogoes::app {
namespace {

const std::string record =
    R"j({"time":"2026-11-23T12:51:24.318Z","level":"warn","schema":"whogoes/1",)j"
    R"j("event":"auth.failure","msg":"401 GET /v1/orders - token expired 14m 12s ago",)j"
    R"j("id":"01JDC4M7Q2Z6","http":{"request":{"method":"GET"},"response":{"status_code":401}},)j"
    R"j("url":{"path":"/v1/orders","query":"page=2"},"client":{"address":"10.1.2.3"},)j"
    R"j("upstream":{"address":"127.0.0.1:3000","status_code":401},"duration_ms":14.2,)j"
    R"j("auth":{"cause":"token-expired","confidence":"certain","also":[],)j"
    R"j("evidence":["exp 2026-11-23T12:37:12Z is 852 s in the past (leeway 60 s)"],)j"
    R"j("facts":{"expired_s":852},"remedy":"get a new token","scheme":"Bearer","source":"header",)j"
    R"j("token":"tk_7f3a91c2d04e","challenge":{"received":[],"injected":[]},)j"
    R"j("rules":["unauthorized-without-challenge"],"verdict":"401-correct","refresh":"off"}})j";

// 2026-11-23T12:55:00Z
constexpr rules::TimePoint today{std::chrono::seconds(1795438500)};

TEST_CASE("a filter of the API is one of whogoes log") {
    struct {
        report::QueryPairs pairs;
        bool fits;
    } const cases[] = {
        {{{"cause", "token-expired"}}, true},
        {{{"cause", "no-credentials"}}, false},
        {{{"cause", "no-credentials,token-expired"}}, true},
        {{{"cause", "no-credentials"}, {"cause", "token-expired"}}, true},
        {{{"rule", "unauthorized-without-challenge"}}, true},
        {{{"path", "/v1/**"}}, true},
        {{{"path", "/v1/orders"}}, true},
        {{{"path", "/v1"}}, false},
        {{{"path", "/v2/**"}}, false},
        {{{"method", "get,POST"}}, true},
        {{{"method", "POST"}}, false},
        {{{"status", "4xx"}}, true},
        {{{"status", "403"}}, false},
        {{{"client", "10.0.0.0/8"}}, true},
        {{{"client", "10.1.2.4"}}, false},
        {{{"token", "tk_7f3a"}}, true},
        {{{"token", "7f3a"}}, true},
        {{{"token", "c90e"}}, false},
        {{{"since", "15m"}}, true},
        {{{"since", "2m"}}, false},
        {{{"until", "2026-11-23T12:00:00Z"}}, false},
        {{{"id", "01JDC4M7Q2Z6"}}, true},
        {{{"id", "01JDC4M7Q2Z7"}}, false},
        {{{"event", "auth.failure"}}, true},
        {{{"event", "http.access"}}, false},
        {{{"text", "ORDERS"}}, true},
        {{{"text", "orders"}, {"text", "invoices"}}, false},
        {{{"cause", "token-expired"}, {"method", "POST"}}, false},
        {{{"-cause", "token-expired"}}, false},
        {{{"-cause", "no-credentials"}}, true},
        {{{"-cause", "no-credentials,token-expired"}}, false},
        {{{"-text", "ORDERS"}}, false},
        {{{"cause", "token-expired"}, {"-method", "POST"}}, true},
        {{{"cause", "token-expired"}, {"-method", "POST"}, {"-path", "/v1/**"}}, false},
    };
    for (const auto& row : cases) {
        CAPTURE(row.pairs.front().first);
        CAPTURE(row.pairs.front().second);
        const auto filter = record_filter(row.pairs, today);
        CHECK(filter.flaw == "");
        REQUIRE(filter.fits);
        CHECK(filter.fits(record) == row.fits);
        CHECK(filter.fits(record) == row.fits);
        CHECK_FALSE(filter.fits("nonsense"));
    }
}

TEST_CASE("what is no filter is named, with the cure") {
    struct {
        const char *name, *value, *flaw;
    } const cases[] = {
        {"caus", "x", "there is no parameter \"caus\": take cause, rule,"},
        {"cause", "token-expird", "cause: \"token-expird\" is no cause"},
        {"--cause", "x", "there is no parameter \"--cause\""},
        {"-caus", "x", "there is no parameter \"caus\""},
        {"since", "soon", "since is no time: write 15m"},
        {"status", "x", "status: \"x\" is no status"},
        {"client", "10.0.0.0/99", "client: "},
        {"token", "a secret", "token wants the beginning of a fingerprint"},
    };
    for (const auto& row : cases) {
        CAPTURE(row.name);
        const auto filter = record_filter({{row.name, row.value}}, today);
        CHECK(filter.flaw.starts_with(row.flaw));
    }
}

TEST_CASE("a record looks in the API as it does on the console") {
    const std::string text = console_record(record);
    CAPTURE(text);
    CHECK(text.starts_with("12:51:24 401 GET  /v1/orders"));
    CHECK(text.find("token expired 14m 12s ago") != std::string::npos);
    CHECK(text.find("└ fix") != std::string::npos);
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(console_record("nonsense") == "");
}

}  // namespace
}  // namespace whogoes::app
