#include "compliance_rows.hpp"

namespace whogoes::rules {
namespace {

using std::chrono::seconds;

constexpr std::string_view with_bearer = "GET /\nAuthorization: Bearer abcdef0123456789";
constexpr std::string_view json_client = "GET /v1/items\nAccept: application/json";
constexpr std::string_view json_client_with_cookie =
    "GET /v1/items\nAccept: application/json\nCookie: sid=1";
// {"alg":"HS256"} and {"exp":1789999900}, a hundred seconds ago; the signature is made up.
constexpr std::string_view with_expired_token =
    "GET /\nAuthorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3ODk5OTk5MDB9."
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

// {"alg":"HS256"} and {"sub":"u1"}
constexpr std::string_view with_jwt =
    "GET /\nAuthorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1MSJ9."
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

void accepted_ago(Exchange& exchange, seconds ago) {
    exchange.recollection.credential_accepted_elsewhere_ago = ago;
}

const ComplianceRow status_table[] = {
    {"proxy-auth-required-from-origin", true, "407", "GET /",
     "407\nProxy-Authenticate: Basic realm=\"a\""},
    {"proxy-auth-required-from-origin", false, "401", "GET /", "401"},

    {"forbidden-without-credentials", true, "anonymous", "GET /", "403\n\nForbidden"},
    {"forbidden-without-credentials", true, "a blank Authorization",
     "GET /\nAuthorization:", "403"},
    {"forbidden-without-credentials", false, "a token", with_bearer, "403"},
    {"forbidden-without-credentials", false, "a cookie", "GET /\nCookie: sid=1", "403"},
    {"forbidden-without-credentials", false, "a key", "GET /\nX-API-Key: k", "403"},
    {"forbidden-without-credentials", false, "a key in the query", "GET /?api_key=k", "403"},
    {"forbidden-without-credentials", false, "a preflight",
     "OPTIONS /\nOrigin: http://a.test\nAccess-Control-Request-Method: GET", "403"},
    {"forbidden-without-credentials", false, "the host was refused", "GET /",
     "403\n\nInvalid Host header"},
    {"forbidden-without-credentials", false, "throttled", "GET /", "403\nRetry-After: 5"},

    {"unauthorized-though-valid", true, "accepted ten seconds ago", with_bearer, "401",
     [](Exchange& e, Expectations&) { accepted_ago(e, seconds(10)); }},
    {"unauthorized-though-valid", false, "accepted long ago", with_bearer, "401",
     [](Exchange& e, Expectations&) { accepted_ago(e, seconds(61)); }},
    {"unauthorized-though-valid", false, "never accepted", with_bearer, "401"},
    {"unauthorized-though-valid", false, "it ran out since", with_expired_token, "401",
     [](Exchange& e, Expectations&) { accepted_ago(e, seconds(50)); }},

    {"login-redirect-for-api", true, "JSON", json_client, "302\nLocation: /login?next=%2Fv1"},
    {"login-redirect-for-api", true, "a token", with_bearer,
     "303\nLocation: https://id.test/oauth2/v2.0/authorize?x=1"},
    {"login-redirect-for-api", true, "a script's POST", "POST /v1\nSec-Fetch-Mode: cors",
     "302\nLocation: /Account/Login?ReturnUrl=%2F"},
    {"login-redirect-for-api", true, "by its query", json_client,
     "302\nLocation: https://id.test/a?redirect_uri=b"},
    {"login-redirect-for-api", false, "a form that logs in", "POST /session\n\nuser=ann&password=x",
     "302\nLocation: /login?error=1"},
    {"login-redirect-for-api", true, "a login by JSON",
     "POST /session\n\n{\"user\":\"ann\",\"password\":\"x\"}", "302\nLocation: /login?error=1"},
    {"login-redirect-for-api", false, "a page",
     "GET /\nAccept: text/html, application/json\nSec-Fetch-Mode: navigate",
     "302\nLocation: /login"},
    {"login-redirect-for-api", false, "a trailing slash", "GET /login\nAccept: application/json",
     "307\nLocation: /login/"},
    {"login-redirect-for-api", false, "a record of that name", json_client,
     "303\nLocation: /v1/login-attempts/7"},
    {"login-redirect-for-api", false, "plain GET", "GET /\nAccept: text/html",
     "302\nLocation: /login"},
    {"login-redirect-for-api", false, "304", json_client, "304\nLocation: /login"},

    {"soft-unauthorized", true, "a code", json_client,
     "200\nContent-Type: application/json\n\n{\"code\":401}"},
    {"soft-unauthorized", true, "a code in words", json_client,
     "200\nContent-Type: application/json\n\n{\"error\":\"Token_Expired\"}"},
    {"soft-unauthorized", true, "a number as text", json_client,
     "200\nContent-Type: application/problem+json\n\n{\"statusCode\":\"403\"}"},
    {"soft-unauthorized", true, "GraphQL", json_client,
     "200\nContent-Type: "
     "application/json\n\n{\"errors\":[{\"extensions\":{\"code\":\"UNAUTHENTICATED\"}}]}"},
    {"soft-unauthorized", true, "a side header", json_client,
     "200\nX-Responded-JSON: {\"status\":401,\"headers\":{}}"},
    {"soft-unauthorized", true, "a login form", json_client,
     "200\nContent-Type: text/html; charset=utf-8\n\n<form action=/in><input "
     "type=\"password\"></form>"},
    {"soft-unauthorized", true, "no success, and words of the session", json_client_with_cookie,
     "200\nContent-Type: application/json\n\n{\"success\":false,\"error\":\"Session expired\"}"},
    {"soft-unauthorized", true, "no success, and words of a token",
     "GET /\nToken: eyJhbGciOiJIUzI1NiJ9.eyJpZCI6MX0.eyJpZCI6MX0",
     "200\nContent-Type: application/json\n\n{\"success\":false,\"message\":\"jwt expired\"}"},
    {"soft-unauthorized", false, "no success, for a reason of its own", json_client,
     "200\nContent-Type: application/json\n\n{\"success\":false,\"error\":\"Sold out\"}"},
    {"soft-unauthorized", false, "a success that tells of sessions", json_client_with_cookie,
     "200\nContent-Type: application/json\n\n{\"success\":true,\"note\":\"Session expired\"}"},
    {"soft-unauthorized", false, "free text", json_client,
     "200\nContent-Type: application/json\n\n{\"message\":\"unauthorized\"}"},
    {"soft-unauthorized", false, "a nested record", json_client,
     "200\nContent-Type: application/json\n\n{\"items\":[{\"code\":401}]}"},
    {"soft-unauthorized", false, "a nested error", json_client,
     "200\nContent-Type: application/json\n\n{\"error\":{\"code\":401}}"},
    {"soft-unauthorized", false, "the status says it", json_client,
     "401\nContent-Type: application/json\n\n{\"code\":401}"},
    {"soft-unauthorized", false, "half a body", json_client,
     "200\nContent-Type: application/json\n\n{\"code\":401",
     [](Exchange& e, Expectations&) { e.response.body_evidence = BodyEvidence::partial; }},
    {"soft-unauthorized", false, "a page that was asked for", "GET /\nAccept: text/html",
     "200\nContent-Type: text/html\n\n<form><input type=password></form>"},

    {"auth-failure-as-bad-request", true, "an expired token", with_bearer,
     "400\n\n{\"message\":\"jwt expired\"}"},
    {"auth-failure-as-bad-request", true, "by the challenge", with_bearer,
     "400\nWWW-Authenticate: Bearer error=\"invalid_token\""},
    {"auth-failure-as-bad-request", true, "a password", "GET /\nAuthorization: Basic YTpi",
     "400\n\nBad credentials"},
    {"auth-failure-as-bad-request", true, "a code in camel case", with_bearer,
     "400\n\n{\"code\":\"invalidToken\"}"},
    {"auth-failure-as-bad-request", true, "a login, in a dialect's words",
     "POST /v3/auth/authenticate\n\n{\"name\":\"root\",\"password\":\"wrong\"}",
     "400\n\n{\"error\":\"etcdserver: authentication failed, invalid user ID or password\"}"},
    {"auth-failure-as-bad-request", true, "a token, in a dialect's words", with_bearer,
     "400\n\n{\"error\":\"The access token was revoked\"}"},
    {"auth-failure-as-bad-request", false, "a password that is to be set",
     "POST /users\n\n{\"name\":\"ann\",\"password\":\"x\"}",
     "400\n\n{\"message\":\"password is too short\"}"},
    {"auth-failure-as-bad-request", false, "no permission", with_bearer,
     "400\n\n{\"message\":\"permission denied\"}"},
    {"auth-failure-as-bad-request", false, "invalid_request", with_bearer,
     "400\nWWW-Authenticate: Bearer error=\"invalid_request\"\n\ninvalid token"},
    {"auth-failure-as-bad-request", false, "CSRF", with_bearer, "400\n\nInvalid CSRF token"},
    {"auth-failure-as-bad-request", false, "a bad field", with_bearer,
     "400\n\n{\"message\":\"name is invalid\"}"},
    {"auth-failure-as-bad-request", false, "a token endpoint",
     "POST /token\nX: y\n\ngrant_type=refresh_token",
     "400\n\n{\"error\":\"invalid_grant\",\"error_description\":\"Token has expired\"}"},

    {"auth-failure-as-server-error", true, "an exception", with_bearer,
     "500\n\nSecurityTokenExpiredException: IDX10223"},
    {"auth-failure-as-server-error", true, "in words", with_bearer, "503\n\nError: JWT malformed"},
    {"auth-failure-as-server-error", true, "a library's words behind others", with_jwt,
     "500\n\n{\"errors\":[{\"message\":\"Context creation failed: invalid signature\"}]}"},
    {"auth-failure-as-server-error", true, "an audience", with_jwt,
     "500\n\nContext creation failed: jwt audience invalid. expected: live"},
    {"auth-failure-as-server-error", true, "nothing came", "GET /",
     "500\n\nContext creation failed: jwt must be provided"},
    {"auth-failure-as-server-error", true, "a login",
     "POST /login\n\n{\"email\":\"a@b.c\",\"password\":\"x\"}",
     "500\n\n{\"message\":\"Invalid email or password\"}"},
    {"auth-failure-as-server-error", false, "a key of the API's own", with_jwt,
     "500\n\n{\"message\":\"Invalid API key\"}"},
    {"auth-failure-as-server-error", false, "a call of the API's own", with_jwt,
     "500\n\n{\"message\":\"Request failed with status code 401\"}"},
    {"auth-failure-as-server-error", false, "another crash", with_bearer,
     "500\n\nNullPointerException"},
    {"auth-failure-as-server-error", false, "401", with_bearer, "401\n\nJsonWebTokenError"},

    {"not-found-hiding", true, "found by another", with_bearer, "404",
     [](Exchange& e, Expectations&) { e.recollection.path_accepted_with_other_credential = true; }},
    {"not-found-hiding", false, "never seen", with_bearer, "404"},
    {"not-found-hiding", false, "403", with_bearer, "403",
     [](Exchange& e, Expectations&) { e.recollection.path_accepted_with_other_credential = true; }},

    {"rate-limit-as-auth-status", true, "Retry-After", "GET /", "401\nRetry-After: 1"},
    {"rate-limit-as-auth-status", true, "nothing left", "GET /", "403\nX-RateLimit-Remaining: 0"},
    {"rate-limit-as-auth-status", true, "in words", "GET /", "403\n\nYou are Rate-Limited"},
    {"rate-limit-as-auth-status", true, "too many", "GET /",
     "401\n\n{\"message\":\"Too many requests\"}"},
    {"rate-limit-as-auth-status", false, "something left", "GET /", "403\nRateLimit-Remaining: 10"},
    {"rate-limit-as-auth-status", false, "429", "GET /", "429\nRetry-After: 1"},
    {"rate-limit-as-auth-status", false, "inside a word", "GET /", "403\n\nseparate limits"},

    {"error-body-status-mismatch", true, "status", "GET /",
     "403\nContent-Type: application/json\n\n{\"status\":401}"},
    {"error-body-status-mismatch", true, "error.code", "GET /",
     "401\nContent-Type: application/json\n\n{\"error\":{\"code\":403}}"},
    {"error-body-status-mismatch", false, "the same", "GET /",
     "401\nContent-Type: application/json\n\n{\"status\":401}"},
    {"error-body-status-mismatch", false, "no status at all", "GET /",
     "401\nContent-Type: application/json\n\n{\"status\":1,\"statusCode\":\"403\"}"},
    {"error-body-status-mismatch", false, "not JSON", "GET /",
     "403\nContent-Type: text/plain\n\n{\"status\":401}"},

    {"unauthorized-html-for-api-client", true, "JSON", json_client,
     "401\nContent-Type: text/html;charset=utf-8"},
    {"unauthorized-html-for-api-client", true, "as axios asks",
     "GET /\nAccept: application/json, text/plain, */*", "403\nContent-Type: text/html"},
    {"unauthorized-html-for-api-client", true, "HTML in second place",
     "GET /\nAccept: text/html;q=0.5, application/vnd.api+json", "403\nContent-Type: text/html"},
    {"unauthorized-html-for-api-client", false, "a browser",
     "GET /\nAccept: text/html,application/json;q=0.9", "401\nContent-Type: text/html"},
    {"unauthorized-html-for-api-client", false, "no wish", "GET /\nAccept: */*",
     "401\nContent-Type: text/html"},
    {"unauthorized-html-for-api-client", false, "JSON came", json_client,
     "401\nContent-Type: application/json"},

    {"unauthorized-cacheable", true, "max-age", "GET /", "401\nCache-Control: max-age=60"},
    {"unauthorized-cacheable", true, "public", "GET /", "403\nCache-Control: Public"},
    {"unauthorized-cacheable", true, "Expires", "GET /",
     "401\nExpires: Mon, 21 Sep 2026 15:13:20 GMT"},
    {"unauthorized-cacheable", false, "private", "GET /",
     "401\nCache-Control: private, max-age=60"},
    {"unauthorized-cacheable", false, "no-store", "GET /",
     "401\nCache-Control: no-store\nExpires: Mon, 21 Sep 2026 15:13:20 GMT"},
    {"unauthorized-cacheable", false, "max-age=0 beats Expires", "GET /",
     "401\nCache-Control: max-age=0\nExpires: Mon, 21 Sep 2026 15:13:20 GMT"},
    {"unauthorized-cacheable", false, "in the past", "GET /",
     "401\nExpires: Mon, 21 Sep 2026 13:13:20 GMT"},
    {"unauthorized-cacheable", false, "no date", "GET /", "401\nExpires: 0"},

    {"authorized-response-shared-cacheable", true, "public", with_bearer,
     "200\nCache-Control: public"},
    {"authorized-response-shared-cacheable", true, "s-maxage", with_bearer,
     "200\nCache-Control: s-maxage=5"},
    {"authorized-response-shared-cacheable", false, "varies", with_bearer,
     "200\nCache-Control: public\nVary: Accept, authorization"},
    {"authorized-response-shared-cacheable", false, "private", with_bearer,
     "200\nCache-Control: private, must-revalidate"},
    {"authorized-response-shared-cacheable", false, "anonymous", "GET /",
     "200\nCache-Control: public"},

    {"token-in-url", true, "by name", "GET /?a=1&Access_Token=12345678", "200"},
    {"token-in-url", true, "by its looks",
     "GET "
     "/?ticket=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1In0.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
     "200"},
    {"token-in-url", true, "a short password", "GET /?password=tea", "200"},
    {"token-in-url", true, "a password beside its user", "GET /query?q=x&u=ann&p=tea", "200"},
    {"token-in-url", false, "a flag", "GET /users?reset_password=1&password=true", "200"},
    {"token-in-url", false, "a page of a user's", "GET /posts?u=17&p=2", "200"},
    {"token-in-url", false, "a picture of an address", "GET /?u=https%3A%2F%2Fa.test&p=small",
     "200"},
    {"token-in-url", false, "no user", "GET /?p=0123456789abcdef-next-page", "200"},
    {"token-in-url", false, "too short for one", "GET /?key=name", "200"},
    {"token-in-url", false, "another name", "GET /?keyword=12345678", "200"},

    {"multiple-token-methods", true, "header and query",
     "GET /?access_token=abc\nAuthorization: DPoP abc", "200"},
    {"multiple-token-methods", true, "form and query",
     "POST /?access_token=abc\nX: y\n\naccess_token=abc", "200"},
    {"multiple-token-methods", false, "one", with_bearer, "200"},
    {"multiple-token-methods", false, "Basic beside it",
     "GET /?access_token=abc\nAuthorization: Basic YTpi", "200"},

    {"multiple-authorization-fields", true, "two",
     "GET /\nAuthorization: Bearer a\nauthorization: Basic YTpi", "400"},
    {"multiple-authorization-fields", false, "one",
     "GET /\nAuthorization: Bearer a\nProxy-Authorization: Basic YTpi", "200"},
};

}  // namespace

std::span<const ComplianceRow> status_rows() { return status_table; }

}  // namespace whogoes::rules
