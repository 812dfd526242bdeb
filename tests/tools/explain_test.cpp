#include "proxy/tools/explain.hpp"

#include "tests/tools/common.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

namespace whogoes::tools {
namespace {

namespace json = boost::json;

// The tokens of the acceptance cases: made for tests, valid around `now`.
const json::object& tokens() {
    static const json::value root = [] {
        std::ifstream file(std::string(WHOGOES_SOURCE_DIR) + "/tests/acceptance/cases.json");
        return json::parse(std::string{std::istreambuf_iterator<char>(file), {}});
    }();
    return root.as_object().at("tokens").as_object();
}

std::string token(const char* name) {
    return std::string(tokens().at(name).as_object().at("value").as_string());
}

ExplainRequest with(std::string credential) {
    ExplainRequest request;
    request.credential = std::move(credential);
    return request;
}

// The first finding's id; "fine" where there is none.
std::string verdict(const ExplainRequest& given) {
    ExplainRequest request = given;
    request.json = true;
    const Explained explained = explain(request, now);
    const auto findings = json::parse(explained.text).as_object().at("findings").as_array();
    const bool certain = std::any_of(findings.begin(), findings.end(), [](const json::value& one) {
        return one.as_object().at("confidence").as_string() == "certain";
    });
    CHECK(explained.exit_code == (certain ? 1 : 0));
    return findings.empty() ? "fine" : std::string(findings[0].as_object().at("id").as_string());
}

TEST_CASE("a credential is judged for what it is") {
    const struct {
        const char* given;
        std::string credential;
        const char* cause;
    } rows[] = {
        {"a good token", token("valid"), "fine"},
        {"with its scheme", "Bearer " + token("valid"), "fine"},
        {"with its field", "Authorization: Bearer " + token("valid"), "fine"},
        {"in small letters", "authorization: bearer " + token("valid"), "fine"},
        {"with a line end", token("valid") + "\n", "fine"},
        {"expired", token("expired-2h"), "token-expired"},
        {"for later", token("nbf-future"), "token-not-yet-valid"},
        {"milliseconds", token("exp-ms"), "exp-in-milliseconds"},
        {"text for a number", token("exp-string"), "exp-not-numeric"},
        {"an ID token", token("keycloak-id-token"), "id-token-as-access-token"},
        {"a refresh token", token("keycloak-refresh-token"), "refresh-token-as-access-token"},
        {"doubled", "Bearer Bearer " + token("valid"), "scheme-doubled"},
        {"a placeholder", "Bearer undefined", "placeholder-token"},
        {"scheme only", "Bearer", "scheme-only"},
        {"quoted", "Bearer \"" + token("valid") + "\"", "quoted-token"},
        {"cut", token("valid").substr(0, token("valid").rfind('.')), "jwt-segment-count"},
        {"Basic", "Basic YW5uYTpmYWtlLXB3", "fine"},
        {"Basic with a line end", "Basic YW5uYTpmYWtlLXB3Cg==", "basic-trailing-newline"},
        {"Basic in plain text", "Basic anna:fake-pw", "basic-not-base64"},
        {"opaque", "2YotnFZFEjr1zCsicMWpAA", "fine"},
        {"of a provider, sent nobody knows where", "ghp_EXAMPLEEXAMPLE0123456789", "fine"},
        {"in a cookie", "Cookie: theme=dark; session=" + token("expired-2h"), "token-expired"},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.given));
        CHECK(verdict(with(row.credential)) == row.cause);
    }
}

TEST_CASE("what is expected is held against the claims") {
    ExplainRequest request = with(token("wrong-aud"));
    request.expected.audiences = {"https://api.example.test"};
    CHECK(verdict(request) == "wrong-audience");
    request = with(token("wrong-iss"));
    request.expected.issuer = "https://idp.example.test/";
    CHECK(verdict(request) == "wrong-issuer");
    request = with(token("expired-30s"));
    request.expected.leeway = std::chrono::seconds{0};
    CHECK(verdict(request) == "token-expired");
}

TEST_CASE("a DPoP proof is decoded, with or without its field's name") {
    // {"typ":"dpop+jwt","alg":"ES256","jwk":{"kty":"EC"}},
    // {"htm":"POST","htu":"https://as.test/t",…}
    const std::string proof =
        "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIn19."
        "eyJqdGkiOiJhIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vYXMudGVzdC90IiwiaWF0IjoxNzkwMDAwMDAwfQ"
        "."
        "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQQ";
    for (const std::string& given : {proof, "DPoP: " + proof}) {
        const std::string text = explain(with(given), now).text;
        CAPTURE(text);
        CHECK(text.find("htm         POST\n") != std::string::npos);
        CHECK(text.find("htu         https://as.test/t\n") != std::string::npos);
        CHECK(text.find("ath         absent") != std::string::npos);
        CHECK(text.find("key         in its header\n") != std::string::npos);
    }
}

TEST_CASE("colour is on the marks alone") {
    ExplainRequest request = with(token("expired-2h"));
    request.colour = true;
    CHECK(explain(request, now).text.find("\x1b[31m✗ \x1b[0m") != std::string::npos);
    request.colour = false;
    CHECK(explain(request, now).text.find('\x1b') == std::string::npos);
}

TEST_CASE("ages are in words") {
    const Explained explained = explain(with(token("expired-2h")), now);
    CHECK(explained.exit_code == 1);
    CHECK(explained.text.starts_with("Bearer: a JWT of "));
    CHECK(explained.text.find("alg         HS256\n") != std::string::npos);
    CHECK(explained.text.find("expires     2026-09-21 12:13:20Z, 2h ago\n") != std::string::npos);
    CHECK(explained.text.find("issued      2026-09-21 11:13:20Z, 3h ago\n") != std::string::npos);
    CHECK(explained.text.find("lives       1h\n") != std::string::npos);
    CHECK(explained.text.find("32 bytes, not checked") != std::string::npos);
    CHECK(explained.text.find("✗ token-expired") != std::string::npos);
}

TEST_CASE("a signature is checked where keys are given") {
    ExplainRequest request = with(token("valid"));
    request.keys = std::make_shared<const rules::KeySet>(
        rules::KeySet::from_hmac_secret("another-fake-secret-another-fake-secret"));
    CHECK(explain(request, now).text.find("does not verify") != std::string::npos);
    CHECK(verdict(request) == "signature-invalid");
}

TEST_CASE("a command line of curl is searched for the credential that it sends") {
    const std::string expired = token("expired-2h");
    struct {
        std::string given;
        std::string_view told;
    } const rows[] = {
        {"curl -H 'Accept: */*' -H \"Authorization: Bearer " + expired + "\" https://a.test",
         "token-expired"},
        {"$ curl 'https://a.test/' \\\n  -X POST \\\n  --header 'authorization: Bearer " + expired +
             "'",
         "token-expired"},
        {"curl https://a.test -HAuthorization:\\ Bearer\\ " + expired, "token-expired"},
        {"curl --oauth2-bearer " + expired + " https://a.test", "token-expired"},
        {"curl -b 'session=" + expired + "; a=b' https://a.test", "token-expired"},
        {"curl -u ada: https://a.test", "basic-empty-password"},
        {"curl -b jar.txt -u ada:lovelace https://a.test", "fine"},
        {"curl -H 'X-Api-Key: k3yk3yk3yk3yk3y' https://a.test", "fine"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        CHECK(verdict(with(row.given)) == row.told);
    }
    for (const char* none :
         {"curl https://a.test", "curl -H", "curl -b jar.txt -H 'Accept: */*' x"})
        CHECK(explain(with(none), now).exit_code == 2);
    CHECK(explain(with("curl -u ada:lovelace https://a.test"), now).text.find("lovelace") ==
          std::string::npos);
}

TEST_CASE("nothing given is an error of use") {
    for (const char* text : {"", " ", "\n"}) CHECK(explain(with(text), now).exit_code == 2);
}

TEST_CASE("neither a token, nor its signature, nor a claim off the list is ever shown") {
    for (const auto& [name, row] : tokens()) {
        const std::string value(row.as_object().at("value").as_string());
        for (const std::string& prefix :
             {std::string(), std::string("Bearer "), std::string("DPoP "),
              std::string("X-Api-Key: "), std::string("Basic ")}) {
            CAPTURE(std::string(name));
            CAPTURE(prefix);
            for (const bool as_json : {false, true}) {
                ExplainRequest request = with(prefix + value);
                request.json = as_json;
                const std::string text = explain(request, now).text;
                CHECK(text.find(value.substr(value.rfind('.') + 1)) == std::string::npos);
                CHECK(text.find(value.substr(0, 20)) == std::string::npos);
                CHECK(text.find("user-1") == std::string::npos);
                CHECK(text.find("n-0S6_WzA2Mj") == std::string::npos);
            }
        }
    }
}

TEST_CASE("a password is not shown, however it was pasted") {
    for (const char* text :
         {"Basic YW5uYTpIdW50ZXItMg==", "anna:Hunter-2", "anna: Hunter-2", "Basic anna:Hunter-2",
          "Hunter-2", "Authorization: anna:Hunter-2", "Password Hunter-2", "X-Api-Key: Hunter-2",
          "Basic  Hunter-2", "Bearer:Hunter-2", "\"Hunter-2\""}) {
        for (const bool as_json : {false, true}) {
            CAPTURE(std::string(text));
            ExplainRequest request = with(text);
            request.json = as_json;
            const std::string out = explain(request, now).text;
            CHECK(out.find("Hunter-2") == std::string::npos);
            CHECK(out.find("YW5uYTpIdW50ZXItMg") == std::string::npos);
        }
    }
}

TEST_CASE("the fingerprint is shown with this installation's key only") {
    ExplainRequest request = with(token("valid"));
    CHECK(explain(request, now).text.find("tk_") == std::string::npos);
    request.fingerprint_key = rules::FingerprintKey{};
    CHECK(explain(request, now).text.find("in the log tk_") != std::string::npos);
}

TEST_CASE("odd octets do not reach the terminal") {
    const std::string out =
        explain(with("X-\x1b[31mKey-\xff: " + std::string("a\x1b]0;b\x07")), now).text;
    CHECK(out.find('\x1b') == std::string::npos);
    CHECK(out.find('\x07') == std::string::npos);
    CHECK(out.find('\xff') == std::string::npos);
    explain(with(std::string(100000, '.')), now);
    explain(with(std::string(100000, 'a')), now);
}

}  // namespace
}  // namespace whogoes::tools
