#include "rules/heard.hpp"

#include "brief_exchange.hpp"
#include "cause_rows.hpp"
#include "rules/quotable.hpp"
#include "rules/text.hpp"

#include <doctest/doctest.h>

#include <string>

namespace whogoes::rules {
namespace {

// What is heard in the body of a 401 to a request with a token.
Heard heard_in(std::string_view body) {
    BriefExchange brief("GET /\nAuthorization: Bearer opaque-0123456789abcdef", "401");
    brief.exchange.response.body = body;
    brief.exchange.read();
    // Of what it says only the names of causes are looked at, and texts of `body`.
    return brief.exchange.heard;
}

TEST_CASE("the members that speak to people are those whose words nobody may pass over") {
    for (const char* const member : {"message", "error_message", "errorMessage", "err", "detail",
                                     "details", "hint", "reason", "title", "errors"}) {
        CAPTURE(member);
        const std::string body = std::string(R"({")") + member + R"(":"the seat was taken"})";
        const Heard heard = heard_in(body);
        CHECK(heard.message == "the seat was taken");
        CHECK(heard.unheard() == "the seat was taken");
    }
}

TEST_CASE("what an answer says to people is kept, whether a phrase of ours is in it or not") {
    struct {
        const char* body;
        const char* message;
    } const rows[] = {
        {R"({"error":"invalid_grant","error_description":"refresh token reused"})",
         "refresh token reused"},
        {R"({"title":"Unauthorized","detail":"the session was moved to another device"})",
         "the session was moved to another device"},
        {R"({"error":{"code":16,"message":"seat taken"}})", "seat taken"},
        {R"({"errors":["first","second"]})", "first"},
        {R"({"message":"Unauthorized","error":"E_SEAT"})", "E_SEAT"},
        {R"({"message":"Sitzung \u00fcberholt \ud83d\ude00 \n\u0007end"})",
         "Sitzung \xc3\xbc"
         "berholt \xf0\x9f\x98\x80  ?end"},
        {R"({"message":"half \ud83d of it \u12"})", "half ? of it ?"},
        {R"({"message":"Unauthorized"})", ""},
        {R"({"error":"401 Unauthorized."})", ""},
        {R"({"message":"  "})", ""},
        {R"({"user":{"message":"not for us"}})", ""},
        {R"({"name":"orders","items":["a"]})", ""},
        {"token revoked by an administrator\nat 12:00", "token revoked by an administrator"},
        {"Forbidden\n", ""},
        {"<h1>No entry</h1>", ""},
    };
    for (const auto& row : rows) {
        CAPTURE(row.body);
        CHECK(heard_in(row.body).message == row.message);
    }
    const std::string words(30, 'a');
    const std::string longer =
        heard_in("{\"message\":\"" + words + " " + std::string(300, 'b') + "\"}").message;
    CHECK(longer == words);  // not through the middle of a word
    BriefExchange picture("GET /", "401\nContent-Type: image/gif\n\nseat taken");
    picture.exchange.read();
    CHECK(picture.exchange.heard.message.empty());
    BriefExchange challenge("GET /",
                            "401\nWWW-Authenticate: Bearer error_description=\"seat taken\"");
    challenge.exchange.read();
    CHECK(challenge.exchange.heard.message == "seat taken");
}

TEST_CASE("a phrase is heard at whole words, whatever its case and blanks") {
    struct {
        const char* text;
        const char* cause;
        bool said;
    } const rows[] = {
        {"User account is LOCKED.", "account-locked", true},
        {"blocked", "account-locked", false},
        {"unlocked", "account-locked", false},
        {"unknown kid", "unknown-kid", true},
        {"unknown kidney", "unknown-kid", false},
        {"Your IP is not allowed", "ip-not-allowed", true},
        {"recipient not allowed", "ip-not-allowed", false},
        {"insufficient_scope", "insufficient-scope", true},
        {"Insufficient   scope", "insufficient-scope", true},
        {"scope items:write is required", "insufficient-scope", true},
        {"scope_of_work", "insufficient-scope", false},
        {"Origin http://a.test is not allowed", "cors-origin-rejected", true},
        {"Missing Authentication Token", "no-credentials", false},
        {"Missing token", "no-credentials", true},
        {"Missing or invalid authentication token", "no-credentials", false},
        {"CSRF-token", "csrf-failed", true},
        {"ERR_JWT_EXPIRED", "token-expired", true},
        {"", "csrf-failed", false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.text);
        CHECK(heard_in(row.text).says(row.cause) == row.said);
    }
}

TEST_CASE("of JSON only the members that carry words are heard") {
    struct {
        const char* body;
        bool said;
    } const rows[] = {
        {R"({"message":"jwt expired"})", true},
        {R"({"Message":"jwt expired"})", true},
        {R"({"detail":"jwt expired"})", true},
        {R"({"error_description":"jwt expired"})", true},
        {R"({"title":"jwt expired"})", true},
        {R"({"error":"jwt expired"})", true},
        {R"({"error":{"message":"jwt expired"}})", true},
        {R"({"errors":[{"message":"jwt expired"}]})", true},
        {R"({"errors":["jwt expired"]})", true},
        {R"({"message":"jwt \u0065xpired"})", true},
        {R"({"a":"x","message":"jwt expired and then it was cu)", true},
        {R"({"name":"jwt expired"})", false},
        {R"({"items":[{"message":"jwt expired"}]})", false},
        {R"({"jwt expired":"message"})", false},
        {R"(["jwt","expired"])", false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.body);
        CHECK(heard_in(row.body).says("token-expired") == row.said);
    }
}

TEST_CASE("of HTML only what is shown is heard") {
    CHECK(heard_in("<p>jwt <b>expired</b></p>").says("token-expired"));
    CHECK_FALSE(heard_in("<script>jwt expired</script>").says("token-expired"));
    CHECK_FALSE(heard_in("<input disabled>").says("account-locked"));
    CHECK_FALSE(heard_in("<p>jwt <b").says("token-expired"));
}

TEST_CASE("a body that was not seen says nothing") {
    for (const BodyEvidence evidence : {BodyEvidence::unseen, BodyEvidence::undecodable}) {
        BriefExchange brief("GET /", "401\n\njwt expired");
        brief.exchange.response.body_evidence = evidence;
        brief.exchange.read();
        CHECK(brief.exchange.heard.statements.empty());
    }
}

TEST_CASE("the error code of a JSON body is kept where it looks like one") {
    CHECK(heard_in(R"({"error":"invalid_grant"})").error_code == "invalid_grant");
    CHECK(heard_in(R"({"error":"not a code"})").error_code.empty());
    CHECK(heard_in(R"({"error":{"error":"inner"}})").error_code.empty());
}

TEST_CASE("XML is heard element by element") {
    const Heard heard = heard_in(
        "<?xml version=\"1.0\"?><Error><Code>RequestTimeTooSkewed</Code><Message>No</Message>"
        "<RequestId>x</RequestId></Error>");
    CHECK(heard.says("clock-skew"));
    REQUIRE(heard.statements.size() == 2);
    CHECK(heard.statements[0].member == "Code");
}

TEST_CASE("a code is one however it is written, and the last part of a type counts") {
    for (const char* body :
         {R"({"code":"TOKEN_EXPIRED"})", R"({"error":"token-expired"})",
          R"({"errorCode":"tokenExpired"})",
          R"({"errors":[{"extensions":{"code":"TokenExpired"}}]})",
          R"({"type":"https://a.test/problems/token-expired","title":"Unauthorized"})"}) {
        CAPTURE(body);
        CHECK(heard_in(body).says("token-expired"));
    }
    CHECK_FALSE(heard_in(R"({"code":"TOKENEXPIREDSOON"})").says("token-expired"));
}

TEST_CASE("words that no dialect knows are kept, and those that say nothing are none") {
    CHECK(heard_in(R"({"message":"the moon is full"})").unheard() == "the moon is full");
    CHECK(heard_in(R"({"message":"Invalid or missing access token"})").unheard().empty());
    CHECK(heard_in(R"({"status":401,"error":"Unauthorized"})").unheard().empty());
    CHECK(heard_in("<title>401 Authorization Required</title>").unheard().empty());
}

TEST_CASE("what an upstream says is shown without a credential, and not at length") {
    const std::string sent =
        basic("ann:secret99") + "\nCookie: sid=cookievalue\nX-API-Key: shortkey";
    BriefExchange brief(sent, "401");
    brief.exchange.read();
    const Request& request = brief.exchange.request;
    struct {
        std::string said, shown;
    } const rows[] = {
        {"the password secret99 is wrong", "the password REDACTED is wrong"},
        {"ann:secret99", "REDACTED"},
        {"cookie cookievalue", "cookie REDACTED"},
        {"key shortkey", "key REDACTED"},
        {"token " + token(valid_claims), "token REDACTED"},
        {"token 0123456789abcdef0123", "token REDACTED"},
        {"The issuer 'https://idp.example.test/' is invalid",
         "The issuer 'https://idp.example.test/' is invalid"},
        {"https://idp2.corp.example.test/realms/a1", "https://idp2.corp.example.test/realms/a1"},
        {"https://a.test/0123456789abcdef0123456789", "https://a.test/REDACTED"},
        {"a\r\nb\x01", "a  b "},
        {"caf\xC3\xA9 \xFF", "caf\xC3\xA9 ?"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.said);
        CHECK(quotable(row.said, request) == row.shown);
    }
    CHECK(quotable(std::string(1000, ' '), request).size() == 200);
    std::string keys;
    while (keys.size() < 200) keys += "shortkey ";
    CHECK(quotable(keys, request).size() == 200);
}

TEST_CASE("a reason phrase is heard where it says more than its status") {
    const auto main_of = [](std::string_view answer) {
        BriefExchange brief("GET /v1/items\nAuthorization: Bearer q7Lm2vX9sT4cR8wK1nB5", answer);
        brief.exchange.read();
        return diagnose(brief.exchange);
    };
    CHECK(main_of("403 Invalid access token.").has_cause("opaque-token-rejected"));
    CHECK(main_of("403 Forbidden").has_cause("permission-denied"));
    // A phrase that nobody knows counts as nothing that the API says.
    BriefExchange brief("GET /v1/items", "401 Log on failed");
    brief.exchange.read();
    CHECK(brief.exchange.heard.unheard().empty());
    CHECK(brief.exchange.heard.message.empty());
    // A page's text is heard beside it.
    BriefExchange page("GET /v1/items",
                       "400 Bad Request\nContent-Type: text/html\n\n<center>No required SSL "
                       "certificate was sent</center>");
    page.exchange.read();
    CHECK(page.exchange.heard.says("client-certificate-required"));
}

TEST_CASE("a long text is cut around the phrase and not through a word") {
    const std::string secret = "0123456789abcdef0123456789abcdef";
    const std::string said = secret + secret + " jwt expired " + secret + std::string(300, 'x');
    const Heard heard = heard_in(said);
    REQUIRE(heard.told_of("token-expired"));
    const std::string_view text = heard.told_of("token-expired")->text;
    CHECK(text.find("jwt expired") != npos);
    CHECK(text.size() <= 200);
    CHECK(text.find("cdef") == npos);
}

}  // namespace
}  // namespace whogoes::rules
