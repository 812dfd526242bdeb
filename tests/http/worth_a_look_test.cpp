#include "proxy/http/worth_a_look.hpp"

#include "http/messages.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

namespace whogoes::http {
namespace {

TEST_CASE("the statuses that are worth a look") {
    const std::set<int> telling = {301, 302, 303, 307, 308, 400, 401, 402, 403,
                                   404, 407, 412, 419, 422, 429, 440, 498};
    const ReadRequest request(get());
    for (int status = 100; status < 600; ++status) {
        if (status == 101) continue;
        CAPTURE(status);
        const ReadResponse response("HTTP/1.1 " + std::to_string(status) + " x\r\n\r\n");
        REQUIRE(response.complete());
        CHECK(worth_a_look(request.head, response.head) ==
              (telling.count(status) == 1 || status >= 500));
    }
}

TEST_CASE("a 200 is worth a look for what stands in either head") {
    const struct {
        const char* given;
        std::string request;
        std::string response;
        bool worth;
    } rows[] = {
        {"nothing",
         get("Authorization: Bearer a\r\nCookie: a=b\r\nOrigin: http://example.test\r\n"),
         ok("Content-Length: 2\r\nContent-Type: text/plain\r\nVary: Origin\r\n"), false},
        {"a token across origins", get("Authorization: Bearer a\r\nOrigin: http://a\r\n"), ok(),
         true},
        {"a cookie across origins",
         get("Cookie: a=b\r\nOrigin: http://a\r\nSec-Fetch-Mode: cors\r\n"
             "Sec-Fetch-Site: same-site\r\n"),
         ok(), true},
        {"nothing across origins", get("Origin: http://a\r\n"), ok(), false},
        {"script that sends nothing yet, across origins",
         get("Origin: http://a\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Site: cross-site\r\n"), ok(),
         true},
        {"a cookie across origins, behind a gateway",
         get("Cookie: a=b\r\nOrigin: http://a\r\nX-Forwarded-For: 192.0.2.1\r\n"), ok(), false},
        {"a cookie through a development server",
         get("Cookie: a=b\r\nOrigin: http://a\r\nSec-Fetch-Mode: cors\r\n"
             "Sec-Fetch-Site: same-origin\r\n"),
         ok(), false},
        {"a cookie with a form of another page",
         get("Cookie: a=b\r\nOrigin: http://a\r\nSec-Fetch-Mode: navigate\r\n"
             "Sec-Fetch-Site: cross-site\r\n"),
         ok(), false},
        {"Set-Cookie", get(), ok("set-cookie: a=b\r\n"), true},
        {"a challenge", get(), ok("WWW-Authenticate: Bearer\r\n"), true},
        {"CORS", get(), ok("Access-Control-Allow-Origin: *\r\n"), true},
        {"CORS, less usual", get(), ok("Access-Control-Max-Age: 5\r\n"), true},
        {"CORS, exposing", get(), ok("Access-Control-Expose-Headers: x\r\n"), true},
        {"a status in a field", get(), ok("X-Responded-JSON: {\"status\":401}\r\n"), true},
        {"credentials, shared by caches", get("Authorization: Bearer a\r\n"),
         ok("Cache-Control: max-age=60, Public\r\n"), true},
        {"credentials, kept by shared caches", get("Authorization: Bearer a\r\n"),
         ok("Cache-Control: s-maxage=60\r\n"), true},
        {"credentials, private", get("Authorization: Bearer a\r\n"),
         ok("Cache-Control: private, max-age=60\r\n"), false},
        {"nobody's, shared by caches", get(), ok("Cache-Control: public\r\n"), false},
        {"a preflight",
         "OPTIONS / HTTP/1.1\r\nHost: a\r\nOrigin: http://b\r\n"
         "Access-Control-Request-Method: PUT\r\n\r\n",
         ok(), true},
        {"OPTIONS alone", "OPTIONS / HTTP/1.1\r\nHost: a\r\nOrigin: http://b\r\n\r\n", ok(), false},
        {"two Authorization lines", get("Authorization: a\r\nAuthorization: b\r\n"), ok(), true},
        {"a token in the query", "GET /a?x=1&Access_Token=abcdefgh HTTP/1.1\r\nHost: a\r\n\r\n",
         ok(), true},
        {"a key in the query", "GET /a?key=12345678&x HTTP/1.1\r\nHost: a\r\n\r\n", ok(), true},
        {"a short password", "GET /a?password=tea HTTP/1.1\r\nHost: a\r\n\r\n", ok(), true},
        {"a password beside its user", "GET /a?p=tea&q=x&u=ann HTTP/1.1\r\nHost: a\r\n\r\n", ok(),
         true},
        {"no user", "GET /a?p=tea HTTP/1.1\r\nHost: a\r\n\r\n", ok(), false},
        {"a page of a user's", "GET /a?u=ann&p=2 HTTP/1.1\r\nHost: a\r\n\r\n", ok(), false},
        {"a short key", "GET /a?key=1234567 HTTP/1.1\r\nHost: a\r\n\r\n", ok(), false},
        {"a JWT under any name", "GET /?q=eyJhbGciOiJub25lIn0.e30. HTTP/1.1\r\nHost: a\r\n\r\n",
         ok(), true},
        {"no JWT", "GET /?q=eyJhbGciOiJub25lIn0 HTTP/1.1\r\nHost: a\r\n\r\n", ok(), false},
        {"a query of nothing", "GET /?&&=&a HTTP/1.1\r\nHost: a\r\n\r\n", ok(), false},
        {"a key in the path", "GET /key=12345678 HTTP/1.1\r\nHost: a\r\n\r\n", ok(), false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        const ReadRequest request(row.request);
        const ReadResponse response(row.response);
        REQUIRE(request.complete());
        REQUIRE(response.complete());
        CHECK(worth_a_look(request.head, response.head) == row.worth);
    }
}

TEST_CASE("a call is looked at once its status has come, wherever that is") {
    const auto type = [](const std::string& name) {
        return "Content-Type: application/" + name + "\r\n";
    };
    const struct {
        const char* given;
        std::string request;
        std::string response;
        Look look;
    } rows[] = {
        {"gRPC", get(), ok(type("grpc+proto")), Look::at_end},
        {"gRPC-Web", get(), ok(type("grpc-web-text")), Look::at_end},
        {"a Connect stream", get(), ok(type("connect+json")), Look::at_end},
        {"a unary Connect call", get(type("json")), ok(type("json")), Look::none},
        {"a refusal in the head", get(), ok(type("grpc") + "grpc-status: 16\r\n"), Look::at_head},
        {"permission in the head", get(), ok(type("grpc-web") + "Grpc-Status: 7\r\n"),
         Look::at_head},
        {"a failure in the head", get(), ok(type("grpc") + "grpc-status: 13\r\n"), Look::none},
        {"success in the head", get(), ok(type("grpc") + "grpc-status: 0\r\n"), Look::none},
        {"a status that is nobody's", get(), ok(type("json") + "grpc-status: 16\r\n"), Look::none},
        {"no type, to a call", get(type("grpc")), ok(), Look::at_end},
        {"another type, to a call", get(type("grpc")), ok("Content-Type: text/html\r\n"),
         Look::none},
        {"an HTTP refusal", get(type("grpc")), "HTTP/1.1 401 No\r\n\r\n", Look::at_head},
        {"CORS besides", get(), ok(type("grpc-web") + "Access-Control-Allow-Origin: *\r\n"),
         Look::at_head},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        const ReadRequest request(row.request);
        const ReadResponse response(row.response);
        REQUIRE(request.complete());
        REQUIRE(response.complete());
        CHECK(look_of(request.head, response.head) == row.look);
    }
}

TEST_CASE("a success that may hide a refusal is known by the call") {
    const std::string json = "Content-Type: application/json; charset=utf-8\r\n";
    const std::string call = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n";
    const struct {
        const char* given;
        std::string request;
        std::string response;
        bool inside;
    } rows[] = {
        {"a path", "POST /api/graphql?a=b HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
         ok(json), true},
        {"another path", call + "\r\n", ok(json), false},
        {"another type", call + "apollo-require-preflight: true\r\n\r\n",
         ok("Content-Type: text/html\r\n"), false},
        {"Apollo's field", call + "apollo-require-preflight: true\r\n\r\n", ok(json), true},
        {"Apollo's other field", call + "X-Apollo-Operation-Name: A\r\n\r\n", ok(json), true},
        {"the type that is asked for",
         get("Accept: application/graphql-response+json, application/json;q=0.9\r\n"), ok(json),
         true},
        {"the type that comes", get(), ok("Content-Type: application/graphql-response+json\r\n"),
         true},
        {"a redirect for a script", call + "X-Auth-Return-Redirect: 1\r\n\r\n", ok(json), true},
        {"a page", get(), ok(json), false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        const ReadRequest request(row.request);
        const ReadResponse response(row.response);
        REQUIRE(request.complete());
        REQUIRE(response.complete());
        CHECK(is_call_with_errors_inside(request.head, response.head) == row.inside);
    }
}

TEST_CASE("a body says that it is a call whose errors come with a 200") {
    const struct {
        const char* body;
        bool call;
    } rows[] = {
        {R"({"query":"{ items }"})", true},
        {R"({"operationName":"Items","variables":{},"query":"query Items { items }"})", true},
        {R"({"variables":{"query":"shoes"},"query" : "\n  mutation { a }"})", true},
        {R"({"query" : "\n  mutation { a }"})", true},
        {R"([{"query":"subscription { a }"}])", true},
        {R"({"operationName":"Items","extensions":{"persistedQuery":{}}})", true},
        {R"({"jsonrpc":"2.0","id":1,"method":"eth_call"})", true},
        {R"({"query":"shoes in red"})", false},
        {R"({"query":{"match_all":{}}})", false},
        {R"({"subquery":"{ a }","name":"jsonrpc"})", false},
        {R"({"query)", false},
        {R"({"query":)", false},
        {"", false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.body);
        CHECK(asks_for_errors_inside(row.body) == row.call);
    }
}

}  // namespace
}  // namespace whogoes::http
