#include "rules/wording.hpp"

#include "brief_exchange.hpp"
#include "cause_rows.hpp"
#include "rules/phrases.hpp"
#include "rules/prefixes.hpp"
#include "rules/quotable.hpp"
#include "rules/text.hpp"

#include <doctest/doctest.h>

#include <string>

namespace whogoes::rules {
namespace {

Heard heard_in(std::string_view body) {
    const Response response{401, {}, body, BodyEvidence::whole};
    return listen(response, {});
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
    Response plain{401, {}, "seat taken", BodyEvidence::whole};
    plain.fields.add("Content-Type", "image/gif");
    CHECK(listen(plain, {}).message.empty());
    ChallengeList challenges =
        parse_challenges(std::vector<std::string_view>{"Bearer error_description=\"seat taken\""});
    CHECK(listen({401, {}, {}, BodyEvidence::unseen}, challenges).message == "seat taken");
}

TEST_CASE("a phrase is heard at whole words, whatever its case and blanks") {
    struct {
        const char* text;
        Wording wording;
        bool said;
    } const rows[] = {
        {"User account is LOCKED.", Wording::account, true},
        {"blocked", Wording::account, false},
        {"unlocked", Wording::account, false},
        {"kid", Wording::key_id, true},
        {"kidney", Wording::key_id, false},
        {"Your IP", Wording::address, true},
        {"recipient", Wording::address, false},
        {"insufficient_scope", Wording::scope, true},
        {"Insufficient   scope", Wording::scope, true},
        {"scope items:write is required", Wording::scope, true},
        {"scope_of_work", Wording::scope, false},
        {"Origin http://a.test is not allowed", Wording::cors_origin, true},
        {"Missing Authentication Token", Wording::nothing_arrived, false},
        {"Missing token", Wording::nothing_arrived, true},
        {"Missing or invalid authentication token", Wording::nothing_arrived, false},
        {"CSRF-token", Wording::csrf, true},
        {"ERR_JWT_EXPIRED", Wording::token_expired, true},
        {"", Wording::csrf, false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.text);
        CHECK(heard_in(row.text).says(row.wording) == row.said);
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
        CHECK(heard_in(row.body).says(Wording::token_expired) == row.said);
    }
}

TEST_CASE("of HTML only what is shown is heard") {
    CHECK(heard_in("<p>jwt <b>expired</b></p>").says(Wording::token_expired));
    CHECK_FALSE(heard_in("<script>jwt expired</script>").says(Wording::token_expired));
    CHECK_FALSE(heard_in("<input disabled>").says(Wording::account));
    CHECK_FALSE(heard_in("<p>jwt <b").says(Wording::token_expired));
}

TEST_CASE("a body that was not seen says nothing") {
    for (const BodyEvidence evidence : {BodyEvidence::unseen, BodyEvidence::undecodable}) {
        const Response response{401, {}, "jwt expired", evidence};
        CHECK_FALSE(listen(response, {}).anything());
    }
}

TEST_CASE("the error code of a JSON body is kept where it looks like one") {
    CHECK(heard_in(R"({"error":"invalid_grant"})").error_code == "invalid_grant");
    CHECK(heard_in(R"({"error":"not a code"})").error_code.empty());
    CHECK(heard_in(R"({"error":{"error":"inner"}})").error_code.empty());
}

TEST_CASE("each phrase is found by its first letter, and says what it is listed for") {
    std::size_t count = 0;
    for (int octet = 0; octet < 256; ++octet)
        for (const Phrase& phrase : phrases_beginning_with(static_cast<char>(octet))) {
            CAPTURE(std::string(phrase.words));
            CHECK(phrase.words[0] == static_cast<char>(octet));
            std::string text(phrase.words);
            for (char& c : text) c = c == '*' ? ' ' : c;
            // Cloudflare's phrases go on with a number.
            if (phrase.wording == Wording::cloudflare_block) text += "20";
            CHECK(heard_in("x. " + text + " .").says(phrase.wording));
            ++count;
        }
    CHECK(count > 100);
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

TEST_CASE("a long text is cut around the phrase and not through a word") {
    const std::string secret = "0123456789abcdef0123456789abcdef";
    const Heard heard =
        heard_in(secret + secret + " jwt expired " + secret + std::string(300, 'x'));
    const std::string_view text = heard.text(Wording::token_expired);
    CHECK(text.find("jwt expired") != npos);
    CHECK(text.size() <= 200);
    CHECK(text.find("cdef") == npos);
}

TEST_CASE("published prefixes tell a token's provider, and hosts are told from their namesakes") {
    REQUIRE(known_prefix("ghp_EXAMPLE"));
    CHECK(known_prefix("ghp_EXAMPLE")->provider == "GitHub");
    CHECK(known_prefix("acme-glpat-EXAMPLE")->provider == "GitLab");
    CHECK(known_prefix("AKIAIOSFODNN7EXAMPLE")->provider == "AWS");
    CHECK_FALSE(known_prefix("AKIAbcdefghijklmnop"));
    CHECK_FALSE(known_prefix("myghp_EXAMPLE"));
    CHECK_FALSE(known_prefix("gh"));
    CHECK(is_host_of("GitHub", "api.github.com"));
    CHECK_FALSE(is_host_of("GitHub", "notgithub.com.example.test"));
    CHECK_FALSE(is_host_of("Slack", "evilslack.com"));
    CHECK(environment_of("sk_live_EXAMPLE") == "live");
    CHECK(environment_of("toolongaword_live_x").empty());
}

}  // namespace
}  // namespace whogoes::rules
