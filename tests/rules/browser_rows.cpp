#include "compliance_rows.hpp"

namespace whogoes::rules {
namespace {

constexpr std::string_view preflight =
    "OPTIONS /\nOrigin: http://localhost:5173\nAccess-Control-Request-Method: GET\n"
    "Access-Control-Request-Headers: content-type, Authorization";
constexpr std::string_view other_preflight =
    "OPTIONS /\nOrigin: http://localhost:5173\nAccess-Control-Request-Method: GET\n"
    "Access-Control-Request-Headers: content-type";
constexpr std::string_view cross_origin =
    "GET /\nOrigin: http://localhost:5173\nSec-Fetch-Mode: cors";

constexpr std::string_view grpc_web =
    "POST /a.B/C\nContent-Type: application/grpc-web\nOrigin: http://localhost:5173\n"
    "Sec-Fetch-Mode: cors";

void over_https(Exchange& exchange, Expectations&) {
    exchange.place.client_origin = "https://localhost:8401";
}

const ComplianceRow browser_table[] = {
    {"preflight-rejected", true, "401", preflight, "401"},
    {"preflight-rejected", true, "404", preflight, "404"},
    {"preflight-rejected", false, "204", preflight, "204"},
    {"preflight-rejected", false, "plain OPTIONS", "OPTIONS /\nOrigin: http://a.test", "401"},

    {"preflight-redirected", true, "307", preflight, "307\nLocation: https://a.test/"},
    {"preflight-redirected", false, "403", preflight, "403"},
    {"preflight-redirected", false, "a GET", cross_origin, "307\nLocation: https://a.test/"},

    {"cors-missing-on-auth-error", true, "another port", cross_origin, "401"},
    {"cors-missing-on-auth-error", true, "an opaque origin", "GET /\nOrigin: null", "403"},
    {"cors-missing-on-auth-error", false, "there", cross_origin,
     "401\naccess-control-allow-origin: *"},
    {"cors-missing-on-auth-error", false, "its own origin", "POST /\nOrigin: http://LOCALHOST:8401",
     "401"},
    {"cors-missing-on-auth-error", false, "no browser", "GET /", "401"},
    {"cors-missing-on-auth-error", false, "the page of a dev server in front",
     "POST /\nOrigin: http://localhost:5173\nSec-Fetch-Site: same-origin", "401"},
    {"cors-missing-on-auth-error", false, "a form of another page",
     "POST /\nOrigin: http://localhost:5173\nSec-Fetch-Mode: navigate", "403"},
    {"cors-missing-on-auth-error", false, "a WebSocket",
     "GET /\nOrigin: http://localhost:5173\nUpgrade: websocket", "401"},
    {"cors-missing-on-auth-error", false, "a success", cross_origin, "200"},

    {"cors-missing-on-success", true, "a token",
     "POST /\nOrigin: http://localhost:5173\nAuthorization: Bearer a\nSec-Fetch-Mode: "
     "cors\nSec-Fetch-Site: same-site",
     "201"},
    {"cors-missing-on-success", true, "a cookie, of an old browser",
     "GET /\nOrigin: http://localhost:5173\nCookie: a=1", "200"},
    {"cors-missing-on-success", true, "a token, of an old browser",
     "DELETE /\nOrigin: https://app.test\nAuthorization: Bearer a", "204"},
    {"cors-missing-on-success", true, "JSON with a cookie, of an old browser",
     "POST /\nOrigin: https://app.test\nCookie: a=1\nContent-Type: application/json", "200"},
    {"cors-missing-on-success", false, "there",
     "GET /\nOrigin: http://localhost:5173\nCookie: a=1\nSec-Fetch-Site: cross-site",
     "200\nAccess-Control-Allow-Origin: http://localhost:5173"},
    {"cors-missing-on-success", true, "a login, which has no credential yet",
     "POST /login\nOrigin: http://localhost:5173\nSec-Fetch-Mode: cors\nSec-Fetch-Site: same-site",
     "200"},
    {"cors-missing-on-success", false, "no credentials, of an old browser",
     "GET /\nOrigin: http://localhost:5173", "200"},
    {"cors-missing-on-success", false, "a login by a page of its own origin",
     "POST /login\nOrigin: http://localhost:5173\nSec-Fetch-Mode: cors\nSec-Fetch-Site: "
     "same-origin",
     "200"},
    {"cors-missing-on-success", false, "a refusal",
     "GET /\nOrigin: http://localhost:5173\nCookie: a=1", "401"},
    {"cors-missing-on-success", false, "its own origin",
     "POST /\nOrigin: http://localhost:8401\nAuthorization: Bearer a", "200"},
    {"cors-missing-on-success", false, "its own origin, behind TLS that ends in front of us",
     "POST /\nOrigin: https://localhost:8401\nAuthorization: Bearer a", "200"},
    {"cors-missing-on-success", false, "the page of a dev server in front",
     "POST /\nOrigin: http://localhost:5173\nCookie: a=1\nSec-Fetch-Site: same-origin\n"
     "Sec-Fetch-Mode: cors",
     "200"},
    {"cors-missing-on-success", false, "a gateway in front may add it",
     "GET /\nOrigin: https://app.test\nCookie: a=1\nSec-Fetch-Site: cross-site\n"
     "X-Forwarded-For: 192.0.2.1",
     "200"},
    {"cors-missing-on-success", false, "a form of another page",
     "POST /\nOrigin: http://a.test\nCookie: a=1\nSec-Fetch-Mode: navigate\n"
     "Sec-Fetch-Site: cross-site",
     "200"},
    {"cors-missing-on-success", false, "a form, of an old browser",
     "POST /\nOrigin: http://a.test\nCookie: a=1\n"
     "Content-Type: application/x-www-form-urlencoded",
     "200"},
    {"cors-missing-on-success", false, "no-cors",
     "GET /\nOrigin: http://a.test\nCookie: a=1\nSec-Fetch-Mode: no-cors\n"
     "Sec-Fetch-Site: cross-site",
     "200"},
    {"cors-missing-on-success", false, "an extension that needs none",
     "POST /\nOrigin: chrome-extension://abc\nCookie: a=1\nSec-Fetch-Site: none", "200"},
    {"cors-missing-on-success", false, "an opaque origin, of an old browser",
     "POST /\nOrigin: null\nAuthorization: Bearer a", "200"},
    {"cors-missing-on-success", false, "a WebSocket",
     "GET /\nOrigin: http://localhost:5173\nCookie: a=1\nUpgrade: websocket", "200"},

    {"cors-expose-headers-missing", true, "not exposed", cross_origin,
     "401\nAccess-Control-Allow-Origin: *\nWWW-Authenticate: Bearer realm=\"a\""},
    {"cors-expose-headers-missing", true, "a star beside credentials", cross_origin,
     "401\nAccess-Control-Allow-Origin: http://localhost:5173\nAccess-Control-Allow-Credentials: "
     "true\n"
     "Access-Control-Expose-Headers: *\nWWW-Authenticate: Bearer realm=\"a\""},
    {"cors-expose-headers-missing", false, "named", cross_origin,
     "401\nAccess-Control-Allow-Origin: *\nAccess-Control-Expose-Headers: X-A, www-authenticate\n"
     "WWW-Authenticate: Bearer realm=\"a\""},
    {"cors-expose-headers-missing", false, "a star", cross_origin,
     "401\nAccess-Control-Allow-Origin: *\nAccess-Control-Expose-Headers: *\nWWW-Authenticate: "
     "Bearer realm=\"a\""},
    {"cors-expose-headers-missing", false, "nothing to expose", cross_origin,
     "401\nAccess-Control-Allow-Origin: *"},

    {"cors-grpc-status-hidden", true, "not exposed", grpc_web,
     "200\nContent-Type: application/grpc-web\ngrpc-status: 16\ngrpc-message: no\n"
     "Access-Control-Allow-Origin: http://localhost:5173"},
    {"cors-grpc-status-hidden", true, "the message alone is not", grpc_web,
     "200\ngrpc-status: 16\ngrpc-message: no\nAccess-Control-Allow-Origin: *\n"
     "Access-Control-Expose-Headers: Grpc-Status"},
    {"cors-grpc-status-hidden", true, "a star beside credentials", grpc_web,
     "200\ngrpc-status: 16\nAccess-Control-Allow-Origin: http://localhost:5173\n"
     "Access-Control-Allow-Credentials: true\nAccess-Control-Expose-Headers: *"},
    {"cors-grpc-status-hidden", false, "exposed", grpc_web,
     "200\ngrpc-status: 16\ngrpc-message: no\nAccess-Control-Allow-Origin: *\n"
     "Access-Control-Expose-Headers: grpc-status, grpc-message"},
    {"cors-grpc-status-hidden", false, "a star", grpc_web,
     "200\ngrpc-status: 16\nAccess-Control-Allow-Origin: *\nAccess-Control-Expose-Headers: *"},
    {"cors-grpc-status-hidden", false, "in the body", grpc_web,
     "200\nContent-Type: application/grpc-web\nAccess-Control-Allow-Origin: *"},
    {"cors-grpc-status-hidden", false, "no browser",
     "POST /a.B/C\nContent-Type: application/grpc-web", "200\ngrpc-status: 16"},

    {"cors-allow-headers-missing-authorization", true, "not named", preflight,
     "204\nAccess-Control-Allow-Headers: content-type"},
    {"cors-allow-headers-missing-authorization", true, "no field", preflight, "200"},
    {"cors-allow-headers-missing-authorization", false, "named", preflight,
     "204\nAccess-Control-Allow-Headers: AUTHORIZATION"},
    {"cors-allow-headers-missing-authorization", false, "a star", preflight,
     "204\nAccess-Control-Allow-Headers: *"},
    {"cors-allow-headers-missing-authorization", false, "not asked for", other_preflight, "204"},
    {"cors-allow-headers-missing-authorization", false, "refused anyway", preflight, "401"},

    {"cors-allow-headers-wildcard-authorization", true, "a star", preflight,
     "204\nAccess-Control-Allow-Headers: *"},
    {"cors-allow-headers-wildcard-authorization", false, "named beside it", preflight,
     "204\nAccess-Control-Allow-Headers: *, authorization"},
    {"cors-allow-headers-wildcard-authorization", false, "not asked for", other_preflight,
     "204\nAccess-Control-Allow-Headers: *"},

    {"cors-wildcard-with-credentials", true, "ACAC", cross_origin,
     "200\nAccess-Control-Allow-Origin: *\nAccess-Control-Allow-Credentials: true"},
    {"cors-wildcard-with-credentials", true, "a cookie",
     "GET /\nOrigin: http://localhost:5173\nCookie: a=1", "200\nAccess-Control-Allow-Origin: *"},
    {"cors-wildcard-with-credentials", false, "no credentials", cross_origin,
     "200\nAccess-Control-Allow-Origin: *"},
    {"cors-wildcard-with-credentials", false, "a cookie of its own", "GET /\nCookie: a=1",
     "200\nAccess-Control-Allow-Origin: *"},
    {"cors-wildcard-with-credentials", false, "an origin",
     "GET /\nOrigin: http://localhost:5173\nCookie: a=1",
     "200\nAccess-Control-Allow-Origin: http://localhost:5173\nAccess-Control-Allow-Credentials: "
     "true"},

    {"cors-origin-multiple", true, "two fields", cross_origin,
     "200\nAccess-Control-Allow-Origin: *\nAccess-Control-Allow-Origin: *"},
    {"cors-origin-multiple", true, "a list", cross_origin,
     "200\nAccess-Control-Allow-Origin: http://a.test, http://b.test"},
    {"cors-origin-multiple", false, "one", cross_origin,
     "200\nAccess-Control-Allow-Origin: http://a.test"},

    {"cors-vary-origin-missing", true, "repeated", cross_origin,
     "200\nAccess-Control-Allow-Origin: http://localhost:5173\nVary: Accept"},
    {"cors-vary-origin-missing", false, "said", cross_origin,
     "200\nAccess-Control-Allow-Origin: http://localhost:5173\nVary: Accept, origin"},
    {"cors-vary-origin-missing", false, "a star", cross_origin,
     "200\nAccess-Control-Allow-Origin: *"},
    {"cors-vary-origin-missing", false, "another origin", cross_origin,
     "200\nAccess-Control-Allow-Origin: http://a.test"},
    {"cors-vary-origin-missing", false, "a WebSocket",
     "GET /\nOrigin: http://a.test\nUpgrade: websocket",
     "401\nAccess-Control-Allow-Origin: http://a.test"},
    {"cors-origin-multiple", false, "a WebSocket",
     "GET /\nOrigin: http://a.test\nUpgrade: websocket",
     "401\nAccess-Control-Allow-Origin: http://a.test, http://b.test"},
    {"cors-wildcard-with-credentials", false, "a WebSocket",
     "GET /\nOrigin: http://a.test\nCookie: a=1\nUpgrade: websocket",
     "401\nAccess-Control-Allow-Origin: *\nAccess-Control-Allow-Credentials: true"},

    {"cookie-secure-over-http", true, "in any case", "POST /", "200\nSet-Cookie: sid=1; secure"},
    {"cookie-secure-over-http", true, "on loopback too, for Safari", "POST /",
     "200\nSet-Cookie: sid=1; Secure"},
    {"cookie-secure-over-http", false, "over https", "POST /", "200\nSet-Cookie: sid=1; Secure",
     over_https},
    {"cookie-secure-over-http", false, "not Secure", "POST /", "200\nSet-Cookie: Secure=1; Path=/"},

    {"cookie-samesite-none-insecure", true, "None", "POST /",
     "200\nSet-Cookie: sid=1; samesite=none"},
    {"cookie-samesite-none-insecure", true, "the second of two", "POST /",
     "200\nSet-Cookie: a=1\nSet-Cookie: sid=1; SameSite=None"},
    {"cookie-samesite-none-insecure", false, "Secure", "POST /",
     "200\nSet-Cookie: sid=1; SameSite=None; Secure"},
    {"cookie-samesite-none-insecure", false, "Strict", "POST /",
     "200\nSet-Cookie: sid=1; SameSite=Strict"},

    {"cookie-domain-mismatch", true, "the API's own", "POST /",
     "200\nSet-Cookie: sid=1; Domain=.api.example.test"},
    {"cookie-domain-mismatch", false, "this host", "POST /",
     "200\nSet-Cookie: sid=1; Domain=LOCALHOST"},
    {"cookie-domain-mismatch", false, "no domain", "POST /", "200\nSet-Cookie: sid=1; Domain="},

    {"cookie-prefix-violation", true, "__Host- with a path", "POST /",
     "200\nSet-Cookie: __Host-sid=1; Secure; Path=/api"},
    {"cookie-prefix-violation", true, "__secure- without Secure", "POST /",
     "200\nSet-Cookie: __secure-sid=1"},
    {"cookie-prefix-violation", false, "kept", "POST /",
     "200\nSet-Cookie: __Host-sid=1; Secure; Path=/", over_https},
    {"cookie-prefix-violation", false, "another name", "POST /", "200\nSet-Cookie: Host-sid=1"},
};

}  // namespace

std::span<const ComplianceRow> browser_rows() { return browser_table; }

}  // namespace whogoes::rules
