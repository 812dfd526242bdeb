#include "rules/clients.hpp"
#include "rules/remedy.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace whogoes::rules {
namespace {

TEST_CASE("a preset is a whole challenge") {
    const struct {
        std::string_view text, value;
        Scheme scheme;
        bool resource_metadata;
    } cases[] = {
        {"bearer", "Bearer realm=\"api\"", Scheme::bearer, false},
        {"basic", "Basic realm=\"api\", charset=\"UTF-8\"", Scheme::basic, false},
        {"mcp", "Bearer realm=\"api\"", Scheme::bearer, true},
    };
    for (const auto& row : cases) {
        CAPTURE(std::string(row.text));
        const auto offer = parse_offer(row.text);
        REQUIRE(offer.has_value());
        CHECK(offer->value == std::string(row.value));
        CHECK(offer->scheme == row.scheme);
        CHECK(offer->resource_metadata == row.resource_metadata);
    }
}

TEST_CASE("a challenge is kept byte for byte") {
    for (const std::string_view text :
         {"Bearer realm=\"api\"", "bearer  realm=\"a, b\"", "Bearer", "BASIC REALM=\"x\"",
          "Bearer realm=\"https://auth.example.test/token\",service=\"r.example.test\"",
          "DPoP algs=\"ES256\"", "ApiKey", "xBasic realm=\"api\"",
          "Custom YWJj==", "Bearer realm=\"api\", scope=\"a b\""}) {
        CAPTURE(std::string(text));
        const auto offer = parse_offer(text);
        if (!offer.has_value()) CAPTURE(offer.error().message);
        REQUIRE(offer.has_value());
        CHECK(offer->value == std::string(text));
    }
    CHECK(parse_offer("  Bearer realm=\"api\" ")->value == "Bearer realm=\"api\"");
}

TEST_CASE("an offer that cannot be right is refused, with the place and the cure") {
    const struct {
        const char* given;
        std::string_view text;
        std::size_t offset;
        const char* says;
    } cases[] = {
        {"nothing", "", 0, "empty"},
        {"commas", ",,", 0, "no challenge"},
        {"an open quote", "Bearer realm=\"api", 17, "a closing quote was expected"},
        {"no scheme", "realm=\"api\"", 5, "was expected"},
        {"no value", "Bearer realm=\"a\", x=", 20, "a value was expected"},
        {"a line break", "Bearer realm=\"a\"\r\nX: y", 16, "0x0d"},
        {"a tab", "Bearer\trealm=\"a\"", 6, "0x09"},
        {"DEL", "Bearer realm=\"a\x7F\"", 15, "0x7f"},
        {"beyond ASCII", "Bearer realm=\"f\xC3\xBCr\"", 15, "not ASCII"},
        {"two challenges", "Bearer realm=\"a\", Basic realm=\"b\"", 18, "an entry of its own"},
        {"a stray comma", "Bearer realm=\"a\",", 16, "a comma stands alone"},
        {"spaces around the sign", "Bearer realm = \"a\"", 13, "white space"},
        {"a parameter twice", "Bearer realm=\"a\", x=1, X=2", 18, "twice"},
        {"error", "Bearer realm=\"a\", error=\"invalid_token\"", 18, "belongs to one refusal"},
        {"error_uri", "Bearer realm=\"a\", Error_URI=\"https://a.test\"", 18, "belongs to one"},
        {"Basic without a realm", "Basic", 5, "needs a realm"},
        {"a realm without quotes", "Basic realm=api", 6, "realm=\"api\""},
        {"an empty realm", "Bearer realm=\"\"", 7, "empty"},
        {"an escape in the realm", "Bearer realm=\"a\\\"b\"", 7, "backslash"},
        {"a preset with a letter too few", "beare", 0, "neither a preset (bearer, basic, mcp)"},
        {"a bare word", "Bearer abc", 7, "takes parameters"},
        {"a charset", "Basic realm=\"a\", charset=\"latin1\"", 0, "basic-charset-invalid"},
        {"a comma list of scopes", "Bearer realm=\"a\", scope=\"a,b\"", 0, "bearer-scope-syntax"},
        {"Digest", "Digest realm=\"a\", nonce=\"n\", qop=\"auth\"", 0, "nonce"},
        {"Digest in full disorder", "digest realm=a, nonce=\"n\"", 0, "nonce"},
        {"Negotiate", "Negotiate", 0, "handshake"},
        {"NTLM", "ntlm", 0, "handshake"},
        {"SCRAM", "SCRAM-SHA-256 realm=\"a\"", 0, "only the API"},
        {"HOBA", "HOBA max-age=\"1\"", 0, "only the API"},
        {"Mutual", "Mutual realm=\"a\"", 0, "only the API"},
        {"AWS", "AWS4-HMAC-SHA256", 0, "AWS"},
    };
    for (const auto& row : cases) {
        CAPTURE(std::string(row.given));
        const auto offer = parse_offer(row.text);
        REQUIRE_FALSE(offer.has_value());
        CAPTURE(offer.error().message);
        CHECK(offer.error().offset == row.offset);
        CHECK(offer.error().message.find(row.says) != std::string::npos);
    }
    CHECK_FALSE(parse_offer("Basic realm=\"" + std::string(65, 'a') + "\"").has_value());
    CHECK(parse_offer("Basic realm=\"" + std::string(64, 'a') + "\"").has_value());
    CHECK_FALSE(parse_offer("X " + std::string(3000, 'a')).has_value());
}

bool mention(const std::vector<std::string>& sentences, std::string_view client) {
    return std::any_of(sentences.begin(), sentences.end(), [client](const std::string& sentence) {
        return sentence.find(client) != std::string::npos;
    });
}

TEST_CASE("an offer that breaks real clients is warned about by name") {
    const struct {
        const char* given;
        std::vector<std::string_view> offers;
        std::string_view client;  // empty: no warning at all
    } cases[] = {
        {"Bearer", {"bearer"}, ""},
        {"Basic", {"basic"}, ""},
        {"MCP", {"mcp"}, ""},
        {"charset first", {"Basic charset=\"UTF-8\", realm=\"a\""}, "svn"},
        {"two spaces", {"Basic  realm=\"a\""}, "svn"},
        {"Basic before Bearer", {"basic", "bearer"}, "MCP SDK"},
        {"Basic before Bearer", {"basic", "bearer"}, "skopeo"},
        {"Bearer before Basic", {"bearer", "basic"}, "wget2"},
        {"DPoP before Bearer", {"DPoP algs=\"ES256\"", "mcp"}, "MCP SDK 1.32"},
        {"Bearer before DPoP", {"mcp", "DPoP algs=\"ES256\""}, ""},
        {"bare Bearer", {"Bearer"}, "skopeo"},
        {"metadata in capitals", {"Bearer Resource_Metadata=\"https://a.test/x\""}, "mcp-remote"},
        {"xBasic", {"xBasic realm=\"a\""}, "Mono"},
    };
    for (const auto& row : cases) {
        CAPTURE(std::string(row.given));
        std::vector<Offer> offers;
        for (const std::string_view text : row.offers) {
            const auto offer = parse_offer(text);
            REQUIRE(offer.has_value());
            offers.push_back(*offer);
        }
        const std::vector<std::string> sentences = client_warnings(offers);
        CHECK(sentences.empty() == row.client.empty());
        if (!row.client.empty()) CHECK(mention(sentences, row.client));
    }
}

TEST_CASE("an upstream's challenges are told what they break") {
    const struct {
        const char* given;
        std::vector<std::string_view> lines;
        std::string_view client;
    } cases[] = {
        {"Basic before Bearer", {"Basic realm=\"a\"", "Bearer realm=\"a\""}, "skopeo"},
        {"no realm", {"Basic"}, "svn"},
        {"on one line", {"Bearer realm=\"a\", Basic realm=\"a\""}, "Chromium"},
        {"Negotiate beside it", {"Negotiate", "Basic realm=\"a\""}, "git"},
        {"NTLM beside it", {"NTLM", "Basic realm=\"a\""}, "HttpURLConnection"},
        {"a leading comma", {", Basic realm=\"a\""}, "Apache HttpClient"},
        {"spaced", {"Basic realm = \"a\""}, "neon"},
        {"unclosed", {"Basic realm=\"a"}, "OkHttp"},
        {"relative", {"Bearer resource_metadata=\"/x\""}, "MCP SDK"},
        {"a realm without quotes", {"Bearer realm=a"}, "buildah"},
        {"md5", {"Digest realm=\"a\", nonce=\"n\", qop=\"auth\", algorithm=md5"}, "hg"},
        {"SHA-256 alone",
         {"Digest realm=\"a\", nonce=\"n\", qop=\"auth\", algorithm=SHA-256"},
         "libsoup"},
        {"no qop", {"Digest realm=\"a\", nonce=\"n\""}, "httpx"},
        {"auth-int", {"Digest realm=\"a\", nonce=\"n\", qop=\"auth,auth-int\""}, "wget2"},
        {"no nonce", {"Digest realm=\"a\", qop=\"auth\""}, "every client"},
        {"stale", {"Digest realm=\"a\", nonce=\"n\", qop=\"auth\", stale=true"}, "LWP"},
        {"Basic before Digest",
         {"Basic realm=\"a\"", "Digest realm=\"a\", nonce=\"n\", qop=\"auth\""},
         "digest-fetch"},
    };
    for (const auto& row : cases) {
        CAPTURE(std::string(row.given));
        CHECK(mention(client_warnings(parse_challenges(row.lines)), row.client));
    }
    CHECK(client_warnings(ChallengeList{}).empty());
    const std::vector<std::string_view> sound{
        "Digest realm=\"a\", nonce=\"n\", qop=\"auth\", algorithm=MD5", "Basic realm=\"a\""};
    CHECK(client_warnings(parse_challenges(sound)).empty());
}

}  // namespace
}  // namespace whogoes::rules
