#include "proxy/report/record.hpp"
#include "report/given.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace whogoes::report {
namespace {

std::string value_of(const std::vector<NamedValue>& fields, std::string_view name) {
    const auto field = std::find_if(fields.begin(), fields.end(),
                                    [&](const NamedValue& f) { return f.name == name; });
    return field == fields.end() ? "absent" : field->value;
}

TEST_CASE("an exchange's kind follows from its diagnosis") {
    rules::Diagnosis none;
    CHECK(described({}, none).kind == EventKind::http_access);
    rules::Diagnosis violated;
    violated.violations.push_back({&without_challenge, {}});
    CHECK(described({}, violated).kind == EventKind::auth_compliance);
    CHECK(described({}, violated).level == "info");
    CHECK(described({}, diagnosed(nothing_sent)).kind == EventKind::auth_failure);
    CHECK(described({}, diagnosed(nothing_sent)).level == "warn");
    rules::Diagnosis handshake = diagnosed(nothing_sent);
    handshake.handshake = true;
    CHECK(described({}, handshake).level == "debug");
}

TEST_CASE("a credential is described by scheme, source and fingerprint") {
    struct {
        const char* name;
        Given given;
        std::string scheme, source;
        bool token;
    } const cases[] = {
        {"none", {}, "", "", false},
        {"bearer", {.request = {{"Authorization", "bearer abcdefgh"}}}, "bearer", "header", true},
        {"scheme only", {.request = {{"Authorization", "Bearer"}}}, "bearer", "header", false},
        {"empty", {.request = {{"Authorization", ""}}}, "", "", false},
        {"no scheme",
         {.request = {{"Authorization", "s3cr3t-without-scheme"}}},
         "unknown",
         "header",
         true},
        {"a scheme of its own",
         {.request = {{"Authorization", "Session abcdefgh"}}},
         "session",
         "header",
         true},
        {"query", {.query = "a=1&access_token=abcdefghij"}, "bearer", "query", true},
        {"form", {.form = "access_token=abcdefghij"}, "bearer", "form", true},
        {"api key", {.request = {{"X-API-Key", "abcdefgh"}}}, "apikey", "api-key", true},
        {"session cookie", {.request = {{"Cookie", "lang=de; sid=abcdefgh"}}}, "", "cookie", true},
        {"other cookie", {.request = {{"Cookie", "lang=de"}}}, "", "cookie", false},
    };
    for (const auto& row : cases) {
        CAPTURE(row.name);
        const AuthEvent event = described(row.given, diagnosed(expired));
        CHECK(event.scheme == row.scheme);
        CHECK(event.source == row.source);
        CHECK(event.token.empty() != row.token);
        if (row.token) CHECK(event.token.starts_with("tk_"));
    }
}

TEST_CASE("the same token has the same fingerprint in a header and in a query") {
    const AuthEvent header = described({.request = {{"Authorization", "Bearer abcdefghij"}}}, {});
    const AuthEvent query = described({.query = "access_token=abcdefghij"}, {});
    CHECK(header.token == query.token);
}

TEST_CASE("a user name is a fingerprint unless the operator wants it plain, or gone") {
    const Given given{.request = {{"Authorization", "Basic YW5uYWJlbGxlOnB3MTIzNDU2Nzg="}}};
    CHECK(described(given, diagnosed(expired)).user.starts_with("us_"));
    CHECK(described(given, diagnosed(expired), {}, {.user_names_plain = true}).user == "annabelle");
    CHECK(described(given, diagnosed(expired), {}, {.user_names_hidden = true}).user.empty());
    const Given digest{
        .request = {{"Authorization", "Digest username=\"annabelle\", realm=\"r\""}}};
    CHECK(described(digest, diagnosed(expired), {}, {.user_names_plain = true}).user ==
          "annabelle");
}

TEST_CASE("only allow-listed fields are logged with a value") {
    const AuthEvent event =
        described({.request = {{"Accept", "application/json"},
                               {"Cookie", "a=b"},
                               {"Referer", "https://app.example/?code=abc"},
                               {"Sec-Fetch-Mode", "cors"}},
                   .response = {{"Location", "https://id.example/login?state=abc"},
                                {"Content-Type", "text/html"},
                                {"Set-Cookie", "sid=abcdefgh"}}},
                  diagnosed(expired));
    CHECK(value_of(event.request_fields, "accept") == "application/json");
    CHECK(value_of(event.request_fields, "sec-fetch-mode") == "cors");
    CHECK(value_of(event.request_fields, "cookie").empty());
    CHECK(value_of(event.request_fields, "referer").empty());
    CHECK(value_of(event.response_fields, "location") == "https://id.example");
    CHECK(value_of(event.response_fields, "content-type") == "text/html");
    CHECK(value_of(event.response_fields, "set-cookie").empty());
}

TEST_CASE("a token that the API echoes is masked wherever it stands") {
    const std::string token = "opaque-Echo-4711-XyZ";
    const AuthEvent event = described(
        {.path = "/v1/" + token,
         .query = "q=" + token,
         .request = {{"Authorization", "Bearer " + token}, {"User-Agent", "curl " + token}},
         .response = {{"WWW-Authenticate",
                       "Bearer error_description=\"bad token " + token + "\""}}},
        diagnosed(expired, "upstream said: " + token + " is bad", {{"upstream_text", token}}));
    CHECK(event.path == "/v1/REDACTED");
    CHECK(event.query == "q=REDACTED");
    CHECK(event.user_agent == "curl REDACTED");
    CHECK(event.offered ==
          std::vector<std::string>{"Bearer error_description=\"bad token REDACTED\""});
    CHECK(event.diagnosis.main->evidence.words == "upstream said: REDACTED is bad");
    CHECK(std::get<std::string>(event.diagnosis.main->evidence.facts[0].value) == "REDACTED");
}

TEST_CASE("what came at any place of the table is masked where the answer repeats it") {
    const std::string value = "q7-Lm2-Kv9-tR4-Wz8";
    std::size_t tried = 0;
    for (const rules::CredentialPlace& place : rules::known_places()) {
        if (!rules::may_authenticate(place.holds) || place.name.ends_with('*')) continue;
        const std::string name(place.name);
        CAPTURE(name);
        Given given;
        switch (place.where) {
            case rules::Where::field:
                given.request = {{name, value}};
                break;
            case rules::Where::cookie:
                given.request = {{"Cookie", name + "=" + value}};
                break;
            case rules::Where::query:
                given.query = name + "=" + value;
                break;
            case rules::Where::member:
                given.form = name + "=" + value;
                break;
            default:
                continue;
        }
        ++tried;
        const AuthEvent event = described(given, diagnosed(expired, value + " is no key"));
        CHECK(event.diagnosis.main->evidence.words == "REDACTED is no key");
        CHECK(event.query.find(value) == std::string::npos);
    }
    CHECK(tried > 200);
}

TEST_CASE("a list among the facts is masked as a text is") {
    const std::string token = "opaque-Echo-4711-XyZ";
    const AuthEvent event = described(
        {.request = {{"Authorization", "Bearer " + token}}},
        diagnosed(
            expired, "it was so",
            {{"required_scope", std::vector<std::string>{"read", token, "mail:joe@example.com"}}}));
    CHECK(std::get<std::vector<std::string>>(event.diagnosis.main->evidence.facts[0].value) ==
          std::vector<std::string>{"read", "REDACTED", "mail:REDACTED"});
}

TEST_CASE("what a body says under a secret's name is masked where the answer repeats it") {
    const struct {
        const char* body;
        const char* secret;
    } rows[] = {
        {R"({"user":"joe","password":"hunter2"})", "hunter2"},
        {R"({"user":"joe","password" : "S3cret-Pass-9"})", "S3cret-Pass-9"},
        {R"({"password":"S3cret-Pa)", "S3cret-Pa"},  // the rest was not kept
        {R"({"password":"p\u00e4ss\"w\u00f6rt9"})", "p\xc3\xa4ss\"w\xc3\xb6rt9"},
        {R"({"login":{"new_password":{"value":"S3cret-Pass-9"}}})", "S3cret-Pass-9"},
        {R"([{"passwordConfirmation":["S3cret-Pass-9"]}])", "S3cret-Pass-9"},
        {R"({"otp":90817263,"x":1})", "90817263"},
        {R"({"body":"{\"client_secret\":\"S3cret-Pass-9\"}"})", "S3cret-Pass-9"},
        {R"({"query":"mutation{login(user:\"joe\",password:\"S3cret-Pass-9\"){id}}"})",
         "S3cret-Pass-9"},
        {R"({"email":"joe.doe@intranet","x":1})", "joe.doe@intranet"},
        {"<a:Envelope><w:Password Type=\"T\">S3cret-Pass-9</w:Password></a:Envelope>",
         "S3cret-Pass-9"},
        {"<password><![CDATA[S3cret-Pass-9]]></password>", "S3cret-Pass-9"},
        {"--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\nS3cret-Pass-9\r\n--b--",
         "S3cret-Pass-9"},
        {"password: S3cret-Pass-9", "S3cret-Pass-9"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.body);
        const std::string said = "no user has the password " + std::string(row.secret) + ", sorry";
        const AuthEvent event = described(
            {.response = {{"WWW-Authenticate", "Bearer error_description='" + said + "'"}},
             .other_body = row.body},
            diagnosed(expired, said, {{"upstream_text", said}}));
        const std::string masked = "no user has the password REDACTED, sorry";
        CHECK(event.diagnosis.main->evidence.words == masked);
        CHECK(event.offered[0] == "Bearer error_description='" + masked + "'");
    }
    const AuthEvent event = described({.form = "user=joe&pass=hunter2&new_password=a+long%21pass"},
                                      diagnosed(expired, "not hunter2, a long!pass"));
    CHECK(event.diagnosis.main->evidence.words == "not REDACTED, REDACTED");
}

TEST_CASE("a body that is no secret's takes nothing out of what is said") {
    for (const char* body : {R"({"title":"the orders of this week"})", "", "{", "\"", "<", "<a",
                             "--", "--x name=\"", "[[[[\"\\", R"({"password":)"}) {
        CAPTURE(body);
        const AuthEvent event = described({.other_body = body},
                                          diagnosed(expired, "the orders of this week are closed"));
        CHECK(event.diagnosis.main->evidence.words == "the orders of this week are closed");
    }
}

TEST_CASE("an e-mail address names a user, whatever it stands in") {
    const Given given{.path = "/users/joe.doe@example.com/orders",
                      .query = "by=user:joe%40example.com&next=%2Fu%2Fjoe%2540example.com",
                      .request = {{"User-Agent", "sync/1 (+mailto:joe@example.com)"}},
                      .response = {{"WWW-Authenticate", "Basic realm=\"for joe@example.com\""}}};
    const rules::Diagnosis diagnosis =
        diagnosed(expired, "account_joe.doe+x@mail.example.com_is_locked", {});
    const AuthEvent hashed = described(given, diagnosis);
    CHECK(hashed.path == "/users/REDACTED/orders");
    CHECK(hashed.query == "by=user:REDACTED&next=%2Fu%2FREDACTED");
    CHECK(hashed.user_agent == "sync/1 (+mailto:REDACTED)");
    CHECK(hashed.offered[0] == "Basic realm=\"for REDACTED\"");
    CHECK(hashed.diagnosis.main->evidence.words == "REDACTED_is_locked");
    CHECK(described(given, diagnosis, {}, {.user_names_plain = true}).path == given.path);
    // Somebody else's address among the secrets, of the same domain.
    CHECK(described({.request = {{"User-Agent", "ann@example.com"}},
                     .other_body = R"({"email":"joe@example.com"})"},
                    diagnosis)
              .user_agent == "REDACTED");
    for (const char* path :
         {"/@joe/posts", "/npm/left-pad@1.3.0", "/a@b", "/@", "/x@.de", "/%40", "/joe@example.c"})
        CHECK(described({.path = path}, diagnosis).path == path);
}

TEST_CASE("the API's own words are logged, scrubbed, of a refusal only") {
    const Given given{.request = {{"Authorization", "Bearer opaque-secret-value-7"}}};
    rules::Exchange exchange = given.exchange();
    exchange.heard.message =
        "no session for opaque-secret-value-7, see https://id.example/x?access_token=abcdefghijkl";
    rules::Fingerprinter prints = fingerprinter();
    const AuthEvent event = describe(exchange, diagnosed(nothing_sent), {}, prints, {});
    CHECK(event.upstream_message.starts_with("no session for REDACTED, see https://id.example/x"));
    CHECK(event.upstream_message.find("abcdefghijkl") == std::string::npos);
    std::string line;
    TimeText times;
    append_record(line, event, times);
    CHECK(line.find("\"message\":\"no session for REDACTED") != std::string::npos);

    exchange.response.status = 200;
    CHECK(describe(exchange, {}, {}, prints, {}).upstream_message.empty());
    CHECK_FALSE(describe(exchange, diagnosed(expired), {}, prints, {}).upstream_message.empty());
}

TEST_CASE("a placeholder is no secret and stays verbatim") {
    const AuthEvent event =
        described({.request = {{"Authorization", "Bearer {{accessToken}}"}}},
                  diagnosed(placeholder, "the token is the literal {{accessToken}}",
                            {{"literal", std::string("{{accessToken}}")}}));
    CHECK(event.diagnosis.main->evidence.words == "the token is the literal {{accessToken}}");
    CHECK(std::get<std::string>(event.diagnosis.main->evidence.facts[0].value) ==
          "{{accessToken}}");
}

TEST_CASE("what the client copied from the challenge or the request is no secret of its own") {
    const AuthEvent event = described(
        {.path = "/v1/orders/archive",
         .request =
             {{"Authorization",
               "Digest username=\"joe\", realm=\"staff@example\", uri=\"/v1/orders/archive\", "
               "nonce=\"dcd98b7102dd\", response=\"6629fae49393a05397450978507c4ef1\""}},
         .response = {{"WWW-Authenticate",
                       "Digest realm=\"staff@example\", nonce=\"dcd98b7102dd\""}}},
        diagnosed(expired));
    CHECK(event.path == "/v1/orders/archive");
    CHECK(event.offered[0] == "Digest realm=\"staff@example\", nonce=\"dcd98b7102dd\"");
}

TEST_CASE("a doubled scheme does not make its name a secret") {
    const AuthEvent event = described({.request = {{"Authorization", "Bearer Bearer abcdefghij"}},
                                       .response = {{"WWW-Authenticate", "Bearer realm=\"api\""}}},
                                      diagnosed(expired));
    CHECK(event.offered[0] == "Bearer realm=\"api\"");
}

TEST_CASE("the claims on the allow-list are summed up, no others") {
    // {"alg":"none","kid":"k1"} . {"iss":"https://id.example","aud":"api","exp":1795437432,
    //  "iat":1795433832,"email":"joe@example.com"}
    const std::string token =
        "eyJhbGciOiJub25lIiwia2lkIjoiazEifQ."
        "eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJhdWQiOiJhcGkiLCJleHAiOjE3OTU0Mzc0MzIsImlhdCI6MTc5"
        "NTQzMzgzMiwiZW1haWwiOiJqb2VAZXhhbXBsZS5jb20ifQ.";
    const AuthEvent event =
        described({.request = {{"Authorization", "Bearer " + token}}}, diagnosed(expired));
    REQUIRE(event.has_jwt);
    CHECK(event.jwt.kid == "k1");
    CHECK(event.jwt.iss == "https://id.example");
    CHECK(event.jwt.aud == std::vector<std::string>{"api"});
    CHECK(event.jwt.exp == 1795437432);
    CHECK(event.jwt.iat == 1795433832);
    CHECK_FALSE(event.jwt.verified);
}

TEST_CASE("the trace id is taken from a well-formed traceparent only") {
    const std::string id = "4bf92f3577b34da6a3ce929d0e0e4736";
    CHECK(described({.request = {{"traceparent", "00-" + id + "-00f067aa0ba902b7-01"}}}, {})
              .trace_id == id);
    CHECK(described({.request = {{"traceparent", "00-" + id}}}, {}).trace_id.empty());
    CHECK(described({.request = {{"traceparent", std::string(55, 'x')}}}, {}).trace_id.empty());
}

TEST_CASE("why a refresh was skipped is told") {
    rules::Remedy remedy;
    remedy.refresh_skipped = "body";
    CHECK(described({}, diagnosed(expired), remedy).refresh == "skipped:body");
    CHECK(described({}, diagnosed(expired)).refresh == "off");
}

}  // namespace
}  // namespace whogoes::report
