#include "rules/remedy.hpp"

#include "brief_exchange.hpp"
#include "rules/text.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

namespace whogoes::rules {
namespace {

using Lines = std::vector<std::string>;

const Offer bearer{"Bearer realm=\"api\"", Scheme::bearer};
const Offer basic{"Basic realm=\"api\", charset=\"UTF-8\"", Scheme::basic};
const Offer dpop{"DPoP realm=\"api\", algs=\"ES256\"", Scheme::dpop};
const Offer mcp{"Bearer realm=\"api\"", Scheme::bearer, true};

std::string jwt(std::string_view payload) {
    return base64url_of("{\"alg\":\"HS256\"}") + "." + base64url_of(payload) + "." +
           base64url_of(std::string(32, 'x'));
}

std::string with(std::string_view scheme, std::string_view credential) {
    return "GET /v1/items\nAuthorization: " + std::string(scheme) + " " + std::string(credential);
}

const std::string expired = with("Bearer", jwt("{\"exp\":1789992800}"));         // 7200 s ago
const std::string barely_expired = with("Bearer", jwt("{\"exp\":1789999970}"));  // 30 s ago
const std::string not_yet = with("Bearer", jwt("{\"nbf\":1790003600}"));         // in an hour
const std::string in_milliseconds = with("Bearer", jwt("{\"exp\":1790000000000}"));
const std::string not_numeric = with("Bearer", jwt("{\"exp\":\"1790003600\"}"));
const std::string good = with("Bearer", jwt("{\"exp\":1790003600}"));
const std::string script =
    "GET /\nSec-Fetch-Mode: cors\nSec-Fetch-Dest: empty\nSec-Fetch-Site: same-origin";

Remedy remedy_for(BriefExchange& brief, const RemedyPolicy& policy,
                  const Circumstances& circumstances = {}) {
    brief.exchange.read();
    return prescribe(diagnose(brief.exchange), brief.exchange, policy, circumstances);
}

TEST_CASE("the challenge follows from what is configured and what was sent") {
    const struct {
        const char* given;
        std::vector<Offer> offers;
        std::string request;
        Lines challenges;
    } cases[] = {
        {"nothing sent", {bearer}, "GET /", {"Bearer realm=\"api\""}},
        {"blank", {bearer}, "GET /\nAuthorization:", {"Bearer realm=\"api\""}},
        {"scheme only", {bearer}, "GET /\nAuthorization: Bearer", {"Bearer realm=\"api\""}},
        {"no scheme", {bearer}, "GET /\nAuthorization: " + jwt("{}"), {"Bearer realm=\"api\""}},
        {"separator",
         {bearer},
         "GET /\nAuthorization: Bearer:abcdef0123456789abcdef",
         {"Bearer realm=\"api\""}},
        {"another scheme", {bearer}, with("Basic", "YTpi"), {"Bearer realm=\"api\""}},
        {"a cookie", {bearer}, "GET /\nCookie: sid=1", {"Bearer realm=\"api\""}},
        {"a key", {bearer}, "GET /\nX-API-Key: k-1", {"Bearer realm=\"api\""}},
        {"in the query", {bearer}, "GET /?access_token=abc", {"Bearer realm=\"api\""}},
        {"opaque",
         {bearer},
         with("Bearer", "f3b0c44298fc1c149afbf4c8996fb924"),
         {"Bearer realm=\"api\", error=\"invalid_token\""}},
        {"good as far as we see",
         {bearer},
         good,
         {"Bearer realm=\"api\", error=\"invalid_token\""}},
        {"expired",
         {bearer},
         expired,
         {"Bearer realm=\"api\", error=\"invalid_token\", "
          "error_description=\"access token expired 7200 s ago\""}},
        {"expired within the leeway",
         {bearer},
         barely_expired,
         {"Bearer realm=\"api\", error=\"invalid_token\""}},
        {"not yet valid",
         {bearer},
         not_yet,
         {"Bearer realm=\"api\", error=\"invalid_token\", "
          "error_description=\"access token not valid for another 3600 s\""}},
        {"milliseconds",
         {bearer},
         in_milliseconds,
         {"Bearer realm=\"api\", error=\"invalid_token\", "
          "error_description=\"time claims are not in seconds\""}},
        {"a time that is text",
         {bearer},
         not_numeric,
         {"Bearer realm=\"api\", error=\"invalid_token\", "
          "error_description=\"time claims are not in seconds\""}},
        {"a placeholder",
         {bearer},
         with("Bearer", "undefined"),
         {"Bearer realm=\"api\", error=\"invalid_token\""}},
        {"quotes",
         {bearer},
         with("Bearer", "\"" + jwt("{}") + "\""),
         {"Bearer realm=\"api\", error=\"invalid_token\""}},
        {"a bare scheme takes its first parameter behind a space",
         {{"Bearer", Scheme::bearer}},
         good,
         {"Bearer error=\"invalid_token\""}},
        {"Basic, nothing sent", {basic}, "GET /", {"Basic realm=\"api\", charset=\"UTF-8\""}},
        {"Basic, refused",
         {basic},
         with("Basic", "YW5uOnB3"),
         {"Basic realm=\"api\", charset=\"UTF-8\""}},
        {"DPoP and Bearer, nothing sent",
         {bearer, dpop},
         "GET /",
         {"Bearer realm=\"api\"", "DPoP realm=\"api\", algs=\"ES256\""}},
        {"DPoP and Bearer, Bearer refused",
         {bearer, dpop},
         good,
         {"Bearer realm=\"api\", error=\"invalid_token\"", "DPoP realm=\"api\", algs=\"ES256\""}},
        {"DPoP and Bearer, DPoP refused",
         {bearer, dpop},
         with("DPoP", "opaque-0123456789abcdef"),
         {"Bearer realm=\"api\"", "DPoP realm=\"api\", algs=\"ES256\", error=\"invalid_token\""}},
        {"as it was written", {{"ApiKey realm=api", Scheme::apikey}}, good, {"ApiKey realm=api"}},
        {"a line each",
         {bearer, basic},
         "GET /",
         {"Bearer realm=\"api\"", "Basic realm=\"api\", charset=\"UTF-8\""}},
    };
    for (const auto& row : cases) {
        CAPTURE(std::string(row.given));
        BriefExchange brief(row.request, "401");
        CHECK(remedy_for(brief, {.offers = row.offers}).challenges == row.challenges);
    }
}

TEST_CASE("a challenge is added to nothing but a bare 401") {
    const struct {
        const char* given;
        std::string_view request, response;
    } cases[] = {
        {"403", "GET /", "403"},
        {"407", "GET /", "407"},
        {"200", "GET /", "200"},
        {"302", "GET /", "302\nLocation: /login"},
        {"a challenge is there", "GET /", "401\nwww-authenticate: Basic realm=\"x\""},
        {"a broken one is there", "GET /", "401\nWWW-Authenticate: Bearer realm=\"x"},
        {"a preflight", "OPTIONS /\nOrigin: http://a.test\nAccess-Control-Request-Method: GET",
         "401"},
        {"a token endpoint", "POST /token\nX: y\n\ngrant_type=refresh_token", "401"},
        {"a refresh path", "POST /auth/refresh", "401"},
        {"a tunnel", "CONNECT a.test:443", "401"},
    };
    for (const auto& row : cases) {
        CAPTURE(std::string(row.given));
        BriefExchange brief(row.request, row.response);
        brief.expected.refresh_paths = {"/auth/refresh"};
        const Remedy remedy = remedy_for(brief, {.offers = {bearer, basic}});
        CHECK(remedy.challenges.empty());
        CHECK_FALSE(remedy.expose_challenge);
        CHECK(would_send(diagnose(brief.exchange), brief.exchange).empty());
    }
    BriefExchange observing("GET /", "401");
    CHECK(remedy_for(observing, {}).challenges.empty());
    CHECK(would_send(diagnose(observing.exchange), observing.exchange) ==
          Lines{"Bearer realm=\"api\""});
    BriefExchange empty_field("GET /", "401\nWWW-Authenticate: ,");
    CHECK(remedy_for(empty_field, {.offers = {bearer}}).challenges.size() == 1);
}

TEST_CASE("a call of gRPC that HTTP refuses is told its own status beside it") {
    constexpr std::string_view call = "POST /a.B/C\nContent-Type: application/grpc";
    constexpr std::string_view placeholder =
        "POST /a.B/C\nContent-Type: application/grpc+proto\nAuthorization: Bearer undefined";
    const RemedyPolicy policy{.offers = {bearer}, .grpc = true};
    const auto told = [](std::string_view request, std::string_view response,
                         const RemedyPolicy& by) {
        BriefExchange brief(request, response);
        const Remedy remedy = remedy_for(brief, by);
        return remedy.grpc ? std::to_string(remedy.grpc->code) + " " + remedy.grpc->message : "";
    };
    CHECK(told(call, "401", policy) == "16 HTTP 401: no credentials");
    CHECK(told(placeholder, "401\nContent-Type: text/html", policy) ==
          "16 HTTP 401: placeholder for a token");
    CHECK(told(placeholder, "403\n\nYou do not have permission to do this", policy)
              .starts_with("7 HTTP 403"));
    CHECK(told(call, "401\nWWW-Authenticate: Bearer", policy) == "16 HTTP 401: no credentials");
    RemedyPolicy silent = policy;
    silent.describe = false;
    CHECK(told(call, "401", silent) == "16 HTTP 401");
    CHECK(told(call, "401", {.offers = {bearer}}) == "");
    for (const std::string_view status : {"200", "400", "404", "407", "429", "503"})
        CHECK(told(call, status, policy) == "");
    CHECK(told(call, "401\ngrpc-status: 7", policy) == "");
    CHECK(told("POST /a.B/C\nContent-Type: application/grpc-web", "401", policy) == "");
    CHECK(told("POST /a.B/C\nContent-Type: application/connect+json", "401", policy) == "");
    CHECK(told("POST /a.B/C\nContent-Type: application/json", "401", policy) == "");
}

TEST_CASE("descriptions can be switched off, the error code stays") {
    BriefExchange brief(expired, "401");
    CHECK(remedy_for(brief, {.offers = {bearer}, .describe = false}).challenges ==
          Lines{"Bearer realm=\"api\", error=\"invalid_token\""});
}

TEST_CASE(
    "a bare 403 for a scope is told where more can be asked for, and which where that is known") {
    static const DocumentedOperation described{
        "GET", "/v1/items", {{{DocumentedScheme::Kind::http, "bearer", "", "", {"items:write"}}}}};
    const std::string metadata =
        "resource_metadata=\"http://localhost:8401/.well-known/oauth-protected-resource/v1/items\"";
    const std::string start = "Bearer realm=\"api\", error=\"insufficient_scope\", ";
    const std::string told = "\n\n{\"error\":\"insufficient_scope\"}";
    const std::string reads = with("Bearer", jwt(R"({"exp":1790003600,"scope":"items:read"})"));
    const struct {
        const char* given;
        RemedyPolicy policy;
        std::string request, response;
        const DocumentedOperation* documented;
        Lines challenges;
    } cases[] = {
        {"the configured one is missing",
         {.offers = {mcp}, .scope = "items:all"},
         reads,
         "403" + told,
         nullptr,
         {start + "scope=\"items:all\", " + metadata}},
        {"the token has the configured one",
         {.offers = {mcp}, .scope = "items:read"},
         reads,
         "403" + told,
         nullptr,
         {start + metadata}},
        {"nobody can see what an opaque token has",
         {.offers = {mcp}, .scope = "items:read"},
         with("Bearer", "f3b0c44298fc1c149afbf4c8996fb924"),
         "403" + told,
         nullptr,
         {start + metadata}},
        {"a description knows",
         {.offers = {mcp}},
         reads,
         "403" + told,
         &described,
         {start + "scope=\"items:write\", " + metadata}},
        {"no metadata to go to",
         {.offers = {bearer}, .scope = "items:all"},
         reads,
         "403" + told,
         nullptr,
         {}},
        {"a challenge is there",
         {.offers = {mcp}},
         reads,
         "403\nWWW-Authenticate: Bearer error=\"insufficient_scope\"",
         nullptr,
         {}},
        {"a 403 for another reason", {.offers = {mcp}}, reads, "403", nullptr, {}},
        {"nothing was sent", {.offers = {mcp}}, "GET /v1/items", "403" + told, nullptr, {}},
    };
    for (const auto& row : cases) {
        CAPTURE(row.given);
        BriefExchange brief(row.request, row.response);
        brief.exchange.documented = row.documented;
        CHECK(remedy_for(brief, row.policy).challenges == row.challenges);
    }
}

TEST_CASE("error, description, scope and metadata come in this order, each once") {
    BriefExchange brief(expired, "401");
    const RemedyPolicy policy{
        .offers = {bearer}, .scope = "items:read items:write", .resource_metadata = true};
    CHECK(remedy_for(brief, policy).challenges ==
          Lines{"Bearer realm=\"api\", error=\"invalid_token\", "
                "error_description=\"access token expired 7200 s ago\", "
                "scope=\"items:read items:write\", resource_metadata=\"http://localhost:8401/"
                ".well-known/oauth-protected-resource/v1/items\""});

    const RemedyPolicy offered_already{
        .offers = {{"Bearer realm=\"scope=\", Scope=\"a\"", Scheme::bearer}}, .scope = "b"};
    BriefExchange anonymous("GET /", "401");
    CHECK(remedy_for(anonymous, offered_already).challenges ==
          Lines{"Bearer realm=\"scope=\", Scope=\"a\""});
    BriefExchange not_bearer("GET /", "401");
    CHECK(remedy_for(not_bearer, {.offers = {basic}, .scope = "b"}).challenges ==
          Lines{"Basic realm=\"api\", charset=\"UTF-8\""});
}

TEST_CASE("the metadata URL is built from origin and path, cut where a path ends") {
    const struct {
        const char* given;
        std::string_view request;
        std::string_view path;
    } cases[] = {
        {"a path", "GET /v1/items", "/v1/items"},
        {"no query", "GET /v1?a=\"b\"", "/v1"},
        {"the root", "GET /", ""},
        {"the server as a whole", "OPTIONS *", ""},
        {"a quote", "GET /a\"b", "/a"},
        {"a backslash", "GET /a\\b", "/a"},
        {"an escape", "GET /a%20b", "/a%20b"},
        {"a lone percent sign", "GET /a%2", "/a"},
        {"beyond ASCII", "GET /f\xC3\xBCr", "/f"},
        {"every other octet of a path", "GET /-._~!$&'()*+,;=:@", "/-._~!$&'()*+,;=:@"},
    };
    for (const auto& row : cases) {
        CAPTURE(std::string(row.given));
        BriefExchange brief(row.request, "401");
        CHECK(remedy_for(brief, {.offers = {mcp}}).challenges ==
              Lines{"Bearer realm=\"api\", resource_metadata=\"http://localhost:8401/.well-known/"
                    "oauth-protected-resource" +
                    std::string(row.path) + "\""});
    }
    BriefExchange nowhere("GET /", "401");
    nowhere.exchange.place.client_origin.clear();
    CHECK(remedy_for(nowhere, {.offers = {mcp}}).challenges == Lines{"Bearer realm=\"api\""});
}

TEST_CASE("scripts get the quiet scheme in place of Basic, pages do not") {
    const struct {
        const char* given;
        std::string request;
        const char* scheme;
    } cases[] = {
        {"same-origin fetch", script, "xBasic"},
        {"XMLHttpRequest", "GET /\nX-Requested-With: XMLHttpRequest", "xBasic"},
        {"fetch from an old browser", "GET /\nSec-Fetch-Mode: same-origin\nSec-Fetch-Dest: empty",
         "xBasic"},
        {"cross-site fetch",
         "GET /\nSec-Fetch-Mode: cors\nSec-Fetch-Dest: empty\nSec-Fetch-Site: cross-site", "Basic"},
        {"a page", "GET /\nSec-Fetch-Mode: navigate\nSec-Fetch-Dest: document", "Basic"},
        {"curl", "GET /", "Basic"},
    };
    for (const auto& row : cases) {
        CAPTURE(std::string(row.given));
        BriefExchange brief(row.request, "401");
        const Remedy remedy =
            remedy_for(brief, {.offers = {basic, bearer}, .quiet_scheme = "xBasic"});
        CHECK(remedy.challenges ==
              Lines{std::string(row.scheme) + " realm=\"api\", charset=\"UTF-8\"",
                    "Bearer realm=\"api\""});
    }
    BriefExchange brief(script, "401");
    CHECK(remedy_for(brief, {.offers = {basic}}).challenges ==
          Lines{"Basic realm=\"api\", charset=\"UTF-8\""});
}

TEST_CASE("an added challenge is exposed where scripts of another origin may read the answer") {
    const std::string caller = "GET /\nOrigin: http://localhost:5173";
    const struct {
        const char* given;
        std::string request, response;
        bool policy, exposed;
    } cases[] = {
        {"cross-origin", caller, "401\nAccess-Control-Allow-Origin: *", true, true},
        {"switched off", caller, "401\nAccess-Control-Allow-Origin: *", false, false},
        {"no CORS", caller, "401", true, false},
        {"same origin", "GET /\nOrigin: http://localhost:8401",
         "401\nAccess-Control-Allow-Origin: *", true, false},
        {"named already", caller,
         "401\nAccess-Control-Allow-Origin: *\nAccess-Control-Expose-Headers: www-authenticate",
         true, false},
        {"nothing added", caller,
         "401\nAccess-Control-Allow-Origin: *\nWWW-Authenticate: Bearer realm=\"x\"", true, false},
    };
    for (const auto& row : cases) {
        CAPTURE(std::string(row.given));
        BriefExchange brief(row.request, row.response);
        CHECK(remedy_for(brief, {.offers = {bearer}, .expose = row.policy}).expose_challenge ==
              row.exposed);
    }
}

TEST_CASE("a login redirect becomes a 401 where that is asked for and JSON was") {
    const std::string_view json = "GET /\nAccept: application/json";
    BriefExchange brief(json, "302\nLocation: /login");
    const Remedy remedy = remedy_for(brief, {.offers = {bearer}, .login_redirect_to_401 = true});
    CHECK(remedy.unauthorized_for_redirect);
    CHECK(remedy.challenges == Lines{"Bearer realm=\"api\""});

    BriefExchange not_asked(json, "302\nLocation: /login");
    CHECK_FALSE(remedy_for(not_asked, {.offers = {bearer}}).unauthorized_for_redirect);
    BriefExchange elsewhere(json, "302\nLocation: /v2/");
    CHECK_FALSE(remedy_for(elsewhere, {.offers = {bearer}, .login_redirect_to_401 = true})
                    .unauthorized_for_redirect);
    BriefExchange no_json(good, "302\nLocation: /login");
    CHECK_FALSE(remedy_for(no_json, {.offers = {bearer}, .login_redirect_to_401 = true})
                    .unauthorized_for_redirect);
}

TEST_CASE("what is added is always a challenge without a flaw") {
    const RemedyPolicy policy{.offers = {bearer, dpop, basic},
                              .scope = "a\"b\\c\xC3\xBC d",
                              .quiet_scheme = "xBasic",
                              .resource_metadata = true};
    for (const std::string& request : {expired, not_yet, in_milliseconds, good, script}) {
        BriefExchange brief(request, "401");
        brief.exchange.place.client_origin = "http://a\"b.test";
        for (const std::string& line : remedy_for(brief, policy).challenges) {
            CAPTURE(line);
            const std::string_view value = line;
            const ChallengeList list = parse_challenges({&value, 1});
            CHECK(list.flaws.empty());
            CHECK(list.challenges.size() == 1);
            CHECK_FALSE(list.non_ascii);
        }
    }
}

}  // namespace
}  // namespace whogoes::rules
