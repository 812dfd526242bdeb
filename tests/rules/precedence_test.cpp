#include "brief_exchange.hpp"
#include "cause_rows.hpp"
#include "rules/diagnosis.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

namespace whogoes::rules {
namespace {

using namespace std::chrono_literals;

const std::string bearer_401 = "401\nWWW-Authenticate: Bearer realm=\"api\"";

struct Told {
    const char* given;
    std::string request, response;
    const char* main;
    const char* also = "";
    const char* not_named = "";
    void (*set)(Exchange&, Expectations&) = nullptr;
};

Diagnosis diagnosis_of(const Told& row) {
    BriefExchange brief(row.request, row.response);
    if (row.set) row.set(brief.exchange, brief.expected);
    brief.exchange.read();
    return diagnose(brief.exchange);
}

TEST_CASE("where two causes apply the one that explains more leads") {
    const std::string expired = bearer(token(expired_claims));
    const Told rows[] = {
        {"a preflight is no missing credential",
         "OPTIONS /\nOrigin: http://a.test\nAccess-Control-Request-Method: GET", bearer_401,
         "preflight-rejected", "", "no-credentials"},
        {"who throttles has not read the token", expired, "401\nRetry-After: 5", "rate-limited", "",
         "token-rejected-unknown"},
        {"a locked account before a wrong password", basic("ann:pw"),
         "401\n\n{\"message\":\"account locked\"}", "account-locked", "",
         "basic-wrong-credentials"},
        {"a refused Host before a missing credential", "GET /", "403\n\nInvalid Host header",
         "host-rejected", "", "no-credentials"},
        {"CSRF before a session that may be gone", "POST /\nCookie: sid=1",
         "401\n\n{\"detail\":\"CSRF Failed\"}", "csrf-failed", "", "session-expired"},
        {"CSRF before a permission, where the session was good for a safe call",
         "POST /\nCookie: sid=1", "403", "csrf-failed", "", "permission-denied",
         [](Exchange& e, Expectations&) { e.recollection.cookie_accepted_ago = 9s; }},
        {"a permission where the CSRF field came", "POST /\nCookie: sid=1\nX-CSRF-Token: a", "403",
         "permission-denied", "", "csrf-failed",
         [](Exchange& e, Expectations&) { e.recollection.cookie_accepted_ago = 9s; }},
        {"a redirect before a token in the URL", "GET /?access_token=abc", bearer_401,
         "header-lost-on-redirect", "", "credentials-in-query-ignored",
         [](Exchange& e, Expectations&) {
             e.recollection.lost_redirect = LostRedirect{307, "a", "b", true, 9ms};
         }},
        {"a key before a browser that cannot", "GET /\nX-API-Key: k-1\nSec-Fetch-Dest: image",
         "401", "api-key-invalid", "", "browser-cannot-set-header"},
        {"the token's own times, where no more is told of it than that it is not taken",
         "GET /acme/_apis/projects\nAuthorization: Bearer " + token(expired_claims),
         "203\nContent-Type: text/html\nX-TFS-FedAuthRealm: x\n\n<html><head><title>Azure DevOps "
         "Services | Sign In</title></head><body></body></html>",
         "token-expired", "", "opaque-token-rejected"},
        {"a cookie that could not be stored before one that was not sent",
         "GET /\nSec-Fetch-Site: same-origin", "401", "session-cookie-blocked", "",
         "session-cookie-missing",
         [](Exchange& e, Expectations&) {
             e.recollection.cookies_set = {{"a", {"foreign Domain"}, 9ms}, {"b", {}, 9ms}};
         }},
        {"a doubled scheme before white space", bearer("Bearer abcdef"), "401", "scheme-doubled",
         "", "token-whitespace"},
        {"a placeholder before its blanks", bearer("{{ t }}"), "401", "placeholder-token", "",
         "token-whitespace"},
        {"quotes before illegal characters", bearer("\"abcdef\""), "401", "quoted-token", "",
         "token-illegal-characters"},
        {"a scheme that is not offered before what is wrong with its value", basic("ann:pw\n"),
         bearer_401, "scheme-mismatch", "basic-trailing-newline"},
        {"the kind of a token before its age",
         bearer(token(R"({"typ":"Refresh","exp":1789990000})")), "401",
         "refresh-token-as-access-token", "token-expired"},
        {"an ID token has another audience by nature",
         bearer(token(R"({"typ":"ID","aud":"spa","exp":1790003000})")), "401",
         "id-token-as-access-token", "", "wrong-audience",
         [](Exchange&, Expectations& x) { x.audiences = {"api"}; }},
        {"milliseconds before the age they seem to have", bearer(token(R"({"exp":1789990000000})")),
         "401", "exp-in-milliseconds", "", "token-expired"},
        {"age before issuer, which is named too", expired, bearer_401, "token-expired",
         "wrong-issuer", "token-rejected-unknown",
         [](Exchange&, Expectations& x) { x.issuer = "https://other.test/"; }},
        {"what the API says before what we would refuse", bearer(token(valid_claims)),
         "401\n\n{\"message\":\"jwt audience invalid\"}", "wrong-audience", "alg-key-mismatch", "",
         [](Exchange&, Expectations& x) { x.algorithms = {"RS256"}; }},
        {"a newer token beside an old one's age", expired, bearer_401, "token-expired",
         "stale-token-race", "",
         [](Exchange& e, Expectations&) { e.recollection.newer_token_accepted_ago = 3s; }},
        {"the replay before the spelling", "GET /\nAuthorization: bearer " + token(valid_claims),
         bearer_401, "replay-still-unauthorized", "", "scheme-case-rejected",
         [](Exchange& e, Expectations&) {
             e.replay_of = ReplayOf{true, {}};
         }},
        {"the nonce that the server asks for, beside the proof's own flaws",
         "GET /\nAuthorization: DPoP abcdef0123456789",
         "401\nWWW-Authenticate: DPoP error=\"use_dpop_nonce\"", "dpop-nonce-required",
         "dpop-proof-missing"},
        {"a storm stands beside its reason", basic("ann:pw"),
         "401\nWWW-Authenticate: Basic realm=\"a\"", "basic-wrong-credentials",
         "repeated-rejected-credential", "",
         [](Exchange& e, Expectations&) { e.recollection.refused_in_30s = 9; }},
        {"a 400 that says no more than that the token is invalid", expired,
         "400\n\n{\"error\":\"Invalid token\"}", "token-expired"},
        {"a 400 of the kind for a token that is good", bearer(token(valid_claims)),
         "400\n\n{\"error\":\"Invalid token\"}", "token-rejected-unknown"},
        {"another scheme before the words that a server has for everybody", expired,
         "401\nServer: nginx/1.22.1\nWWW-Authenticate: Basic realm=\"x\"\n\n<center><h1>401 "
         "Authorization Required</h1></center>",
         "scheme-mismatch", "", ""},
        {"two credentials are not judged further",
         bearer(token(expired_claims)) + "\nAuthorization: Basic YW5uOg==", "401",
         "multiple-authorization", "", "token-expired"},
    };
    for (const Told& row : rows) {
        CAPTURE(std::string(row.given));
        const Diagnosis diagnosis = diagnosis_of(row);
        REQUIRE(diagnosis.main);
        CHECK(std::string(diagnosis.main->cause->id) == row.main);
        if (*row.also != '\0') CHECK(diagnosis.has_cause(row.also));
        if (*row.not_named != '\0') CHECK_FALSE(diagnosis.has_cause(row.not_named));
    }
}

TEST_CASE("an answer that is no refusal is no event") {
    const std::string with_token = bearer("abcdef0123456789");
    const Told rows[] = {
        {"200", with_token, "200", ""},
        {"404", with_token, "404\n\nunauthorized", ""},
        {"500", with_token, "500\n\nout of memory", ""},
        {"a redirect elsewhere", with_token, "307\nLocation: /v1/items/", ""},
        {"a page that sends to its login", "GET /\nSec-Fetch-Mode: navigate",
         "302\nLocation: /login", ""},
        {"a 400 about the body", with_token, "400\n\n{\"message\":\"name is required\"}", ""},
        {"a 400 without a body", with_token, "400", ""},
        {"a 400 about another token", with_token,
         "400\n\n{\"message\":\"Invalid token for the coupon\"}", ""},
        {"a 400 about a token in the body", bearer(token(valid_claims)).replace(0, 3, "POST"),
         "400\n\n{\"error\":\"Invalid token\"}", ""},
        {"a 400 about an order", with_token, "400\n\n{\"message\":\"the order is locked\"}", ""},
        {"a 400 about a form's issuer", "POST /cards",
         "400\n\n{\"message\":\"issuer is required\"}", ""},
        {"a 400 about too many things", with_token, "400\n\n{\"message\":\"too many items\"}", ""},
        {"a 400 about an address", with_token, "400\n\n{\"message\":\"invalid IP\"}", ""},
        {"a raw token that may be right", "GET /\nAuthorization: f3b0c44298fc1c149afb", "400", ""},
        {"a password that a token endpoint refuses", "POST /t\n\ngrant_type=password",
         "400\n\n{\"error\":\"invalid_grant\"}", ""},
    };
    for (const Told& row : rows) {
        CAPTURE(std::string(row.given));
        const Diagnosis diagnosis = diagnosis_of(row);
        CHECK_FALSE(diagnosis.main);
        CHECK(diagnosis.also.empty());
        CHECK(diagnosis.verdict == Verdict::unknown);
    }
}

TEST_CASE("the body may come later") {
    BriefExchange brief("POST /\nCookie: sid=1\nX-CSRFToken: a",
                        "403\n\n{\"detail\":\"CSRF Failed: token incorrect\"}");
    brief.exchange.response.body_evidence = BodyEvidence::unseen;
    brief.exchange.read();
    CHECK(diagnose(brief.exchange).has_cause("permission-denied"));
    brief.exchange.response.body_evidence = BodyEvidence::whole;
    brief.exchange.read();
    CHECK(diagnose(brief.exchange).has_cause("csrf-failed"));
}

TEST_CASE("a success whose body tells of a refusal is asked for what the request carried") {
    BriefExchange brief("POST /graphql\nCookie: sid=1\n\n{}",
                        "200\nContent-Type: application/json\n\n"
                        "{\"errors\":[{\"extensions\":{\"code\":\"UNAUTHENTICATED\"}}]}");
    brief.exchange.response.body_evidence = BodyEvidence::unseen;
    brief.exchange.read();
    CHECK_FALSE(diagnose(brief.exchange).main);
    brief.exchange.response.body_evidence = BodyEvidence::whole;
    brief.exchange.hear();
    const Diagnosis diagnosis = diagnose(brief.exchange);
    CHECK(diagnosis.has_cause("session-expired"));
    CHECK_FALSE(diagnosis.has_cause("no-credentials"));
}

TEST_CASE("the verdict says whether the status fits the cause") {
    const std::string expired = bearer(token(expired_claims));
    struct {
        const char* given;
        std::string request, response, verdict;
    } const rows[] = {
        {"nothing came", "GET /", bearer_401, "401-correct"},
        {"nothing came, 403", "GET /", "403", "should-be-401"},
        {"expired", expired, "401", "401-correct"},
        {"expired, 403", expired, "403", "should-be-401"},
        {"expired, 400", expired, "400\n\n{\"message\":\"jwt expired\"}", "should-be-401"},
        {"sent to a login", "GET /\nAccept: application/json", "302\nLocation: /login",
         "should-be-401"},
        {"a page's login sent back",
         "POST /login\nSec-Fetch-Mode: navigate\n\nuser=ann&password=wrong",
         "302\nLocation: /login?error=1", "unknown"},
        {"a client's login sent back", "POST /login\n\nuser=ann&password=wrong",
         "302\nLocation: /login?error=1", "should-be-401"},
        {"told in a 200", "GET /", "200\nContent-Type: application/json\n\n{\"code\":401}",
         "should-be-401"},
        {"true 403", bearer("abcdef0123456789"), "403", "403-correct"},
        {"scope as 401", bearer("abcdef0123456789"),
         "401\nWWW-Authenticate: Bearer error=\"insufficient_scope\"", "should-be-403"},
        {"CSRF as 419", "POST /\nCookie: sid=1", "419", "should-be-403"},
        {"throttled", "GET /", "403\nRetry-After: 5", "unknown"},
        {"a preflight wants neither",
         "OPTIONS /\nOrigin: http://a.test\nAccess-Control-Request-Method: GET", "401", "unknown"},
        {"unknown stays unknown", bearer(token(valid_claims)), "401", "unknown"},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.given));
        BriefExchange brief(row.request, row.response);
        brief.exchange.read();
        const Diagnosis diagnosis = diagnose(brief.exchange);
        CHECK(std::string(name(diagnosis.verdict)) == row.verdict);
        CHECK(diagnosis.verdict_reason.empty() == (row.verdict == "unknown"));
    }
}

TEST_CASE("the facts of a finding have the names that the log promises") {
    const auto fact_of = [](const Diagnosis& diagnosis, std::string_view wanted) {
        for (const Fact& fact : diagnosis.main->evidence.facts)
            if (fact.name == wanted) return fact.value;
        return decltype(Fact::value){};
    };
    const std::string expired_request = bearer(token(expired_claims));
    BriefExchange late(expired_request, bearer_401);
    late.exchange.read();
    const Diagnosis expired = diagnose(late.exchange);
    CHECK(std::get<std::int64_t>(fact_of(expired, "expired_s")) == 7200);
    CHECK(std::get<std::int64_t>(fact_of(expired, "lifetime_s")) == 3600);

    const std::string basic_request = basic("ann:pw");
    BriefExchange other(basic_request, bearer_401);
    other.exchange.read();
    const Diagnosis mismatch = diagnose(other.exchange);
    CHECK(std::get<std::string>(fact_of(mismatch, "sent_scheme")) == "Basic");
    CHECK(std::get<std::vector<std::string>>(fact_of(mismatch, "offered_schemes")) ==
          std::vector<std::string>{"Bearer"});
}

TEST_CASE("the handshake of a client that asks first is marked as one") {
    BriefExchange brief("GET /\nUser-Agent: git/2.45", "401\nWWW-Authenticate: Basic realm=\"g\"");
    brief.exchange.read();
    CHECK(diagnose(brief.exchange).handshake);
    brief.exchange.request.fields.add("Authorization", "Basic YW5uOnB3");
    brief.exchange.read();
    CHECK_FALSE(diagnose(brief.exchange).handshake);
}

}  // namespace
}  // namespace whogoes::rules
