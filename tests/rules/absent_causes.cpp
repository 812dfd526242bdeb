#include "cause_rows.hpp"

#include <chrono>

namespace whogoes::rules {
namespace {

using namespace std::chrono_literals;

const std::string get = "GET /v1/items";
const std::string bearer_401 = "401\nWWW-Authenticate: Bearer realm=\"api\"";
const std::string browser = get + "\nSec-Fetch-Site: same-origin\nSec-Fetch-Mode: cors\n";

void after_redirect(Exchange& exchange, Expectations&) {
    exchange.recollection.lost_redirect =
        LostRedirect{307, "http://a.test/x?secret=1", "http://a.test/x/", false, 200ms};
}
void after_blocked_cookie(Exchange& exchange, Expectations&) {
    exchange.recollection.cookies_set = {{"sid", {"foreign Domain"}, 5000ms}};
}
void after_stored_cookie(Exchange& exchange, Expectations&) {
    exchange.recollection.cookies_set = {{"sid", {}, 5000ms}};
}
void after_accepted_cookie(Exchange& exchange, Expectations&) {
    exchange.recollection.cookie_accepted_ago = 60s;
}

const CauseCase absent_table[] = {
    {"no-credentials", true, "nothing at all", get, bearer_401},
    {"no-credentials", true, "an analytics cookie is no session", get + "\nCookie: _ga=1", "401"},
    {"no-credentials", true, "a JSON client sent to the login page",
     get + "\nAccept: application/json", "302\nLocation: /login"},
    {"no-credentials", true, "a key is refused that did not come", get,
     "401\n\n{\"error\":\"Invalid API key\"}"},
    {"no-credentials", false, "a key in a field of the API's own",
     get + "\nX-Acme-Team: q7lm2vx9st4cr8wk1nb5df3g", "401\n\n{\"error\":\"unknown API key\"}"},
    {"no-credentials", false, "a session cookie", get + "\nCookie: sid=1", "401"},
    {"no-credentials", false, "a token in the form", "POST /\n\naccess_token=abc", "401"},
    {"no-credentials", false, "a token in the URL, where that may be read",
     get + "?access_token=abc", "401"},
    {"no-credentials", false, "a key", get + "\nX-API-Key: k-1", "401"},
    {"no-credentials", false, "an empty field", get + "\nAuthorization:", "401"},
    {"no-credentials", false, "a proxy's credential for a 407",
     get + "\nProxy-Authorization: Basic eDp5", "407"},

    {"preflight-rejected", true, "401",
     "OPTIONS /\nOrigin: http://a.test\nAccess-Control-Request-Method: GET", "401"},
    {"preflight-rejected", false, "no Origin", "OPTIONS /\nAccess-Control-Request-Method: GET",
     "401"},
    {"preflight-rejected", false, "answered",
     "OPTIONS /\nOrigin: http://a.test\nAccess-Control-Request-Method: GET", "204"},

    {"empty-authorization", true, "blank", get + "\nAuthorization:   ", "401"},
    {"empty-authorization", true, "400", get + "\nAuthorization:", "400"},
    {"empty-authorization", false, "absent", get, "401"},

    {"credentials-in-wrong-header", true, "Authentication", get + "\nAuthentication: Bearer abcdef",
     bearer_401},
    {"credentials-in-wrong-header", true, "a bare JWT",
     get + "\nX-Access-Token: " + token(valid_claims), "401"},
    {"credentials-in-wrong-header", true, "a bare JWT, and the answer misses one",
     get + "\nX-Access-Token: " + token(valid_claims),
     "403\n\n{\"message\":\"No token provided!\"}"},
    {"credentials-in-wrong-header", false, "the answer judges the token",
     get + "\nX-Auth-Token: " + token(valid_claims), "401\n\n{\"msg\":\"Token is not valid\"}"},
    {"credentials-in-wrong-header", false, "the answer names the signature",
     get + "\nToken: " + token(valid_claims), "401\n\n{\"message\":\"invalid signature\"}"},
    {"credentials-in-wrong-header", false, "the answer judges the caller",
     get + "\nX-Access-Token: " + token(valid_claims),
     "403\n\n{\"message\":\"Members of the club only!\"}"},
    {"credentials-in-wrong-header", false, "a word that is no credential", get + "\nToken: blue",
     "401"},
    {"credentials-in-wrong-header", false, "beside Authorization",
     bearer("abcdef0123456789") + "\nToken: Bearer x", "401"},

    {"header-lost-on-redirect", true, "a slash", get + "/", bearer_401, after_redirect},
    {"header-lost-on-redirect", true, "another origin", get + "/", bearer_401,
     [](Exchange& e, Expectations&) {
         e.recollection.lost_redirect =
             LostRedirect{307, "http://a.test/x", "http://b.test/x", true, 200ms};
     }},
    {"header-lost-on-redirect", false, "it came along", bearer("abcdef0123456789"), bearer_401,
     after_redirect},
    {"header-lost-on-redirect", false, "long ago", get, bearer_401,
     [](Exchange& e, Expectations&) {
         e.recollection.lost_redirect = LostRedirect{307, "a", "b", true, 6000ms};
     }},

    {"credentials-in-query-ignored", true, "access_token", get + "?access_token=abc", bearer_401},
    {"credentials-in-query-ignored", true, "a JWT by another name",
     get + "?x=1&t=" + token(valid_claims), bearer_401},
    {"credentials-in-query-ignored", false, "Basic is wanted", get + "?access_token=abc",
     "401\nWWW-Authenticate: Basic realm=\"a\""},
    {"credentials-in-query-ignored", false, "an empty one", get + "?access_token=", bearer_401},

    {"api-key-invalid", true, "named by the upstream", get + "\nX-API-Key: k-1",
     "403\n\n{\"message\":\"Invalid API key\"}"},
    {"api-key-invalid", true, "in the query", get + "?api_key=k-1", "401"},
    {"api-key-invalid", true, "beside a token, but named",
     bearer("abcdef0123456789") + "\napikey: k-1", "401\n\n{\"message\":\"Invalid API key\"}"},
    {"api-key-invalid", true, "in a field of the API's own",
     get + "\nX-Acme-Team: q7lm2vx9st4cr8wk1nb5df3g", "401\n\n{\"error\":\"unknown API key\"}"},
    {"api-key-invalid", true, "missing or invalid, says the answer", get + "\nX-API-Key: k-1",
     "401\n\n{\"message\":\"Missing or invalid API key\"}"},
    {"api-key-invalid", true, "a product's own field", get + "\nX-Redmine-API-Key: k-1",
     "401\nWWW-Authenticate: Basic realm=\"Redmine API\""},
    {"api-key-invalid", false, "a password is asked for", get + "\nX-API-Key: k-1",
     "401\nWWW-Authenticate: Basic realm=\"a\""},
    {"api-key-invalid", false, "a login is", get + "\nX-API-Key: k-1",
     "302\nLocation: https://sso.test/login?rd=%2F"},
    {"api-key-invalid", false, "none came, says the answer", get + "\nX-API-Key: k-1",
     "401\n\n{\"message\":\"No API key provided\"}"},
    {"credentials-in-wrong-header", true, "a name that a server in front drops",
     get + "\napi_key: q7lm2vx9st4cr8wk1nb5df3g", "401\n\n{\"message\":\"API key is missing\"}"},
    {"credentials-in-query-ignored", true, "none came, says the answer",
     get + "?jwt=" + token(valid_claims), "401\n\n{\"msg\":\"Missing Authorization Header\"}"},
    {"no-credentials", false, "a token in the URL", get + "?X-Acme-Token=q7lm2vx9st4cr8wk1nb5",
     "401"},
    {"no-credentials", true, "where the next page begins",
     get + "?$skiptoken=RFNwdAIAAQAAAB06dGVzdEBhY21l", "401"},
    {"browser-cannot-set-header", true, "an API in the address bar",
     get + "\nSec-Fetch-Dest: document",
     "401\n\n{\"message\":\"No authorization token was found\"}"},
    {"no-credentials", true, "a page's token in the URL", get + "?pageToken=q7lm2vx9st4cr8wk1nb5",
     "401"},
    {"api-key-invalid", false, "nothing that may be one",
     get + "\nX-Request-Id: q7lm2vx9st4cr8wk1nb5df3g", "401\n\n{\"error\":\"unknown API key\"}"},
    {"api-key-invalid", false, "beside a token", bearer("abcdef0123456789") + "\napikey: k-1",
     "401"},
    {"api-key-invalid", false, "the key is accepted elsewhere", get + "\nX-API-Key: k-1", "403",
     [](Exchange& e, Expectations&) { e.recollection.credential_accepted_ago = 9s; }},

    {"api-key-missing", true, "asked for", get, "401\n\n{\"message\":\"API key is missing\"}"},
    {"api-key-missing", false, "there", get + "\nX-API-Key: k",
     "401\n\n{\"message\":\"API key is required\"}"},
    {"api-key-missing", false, "another key", get, "401\n\n{\"message\":\"signing key missing\"}"},

    {"browser-cannot-set-header", true, "EventSource", browser + "Accept: text/event-stream",
     bearer_401},
    {"browser-cannot-set-header", true, "an image", get + "\nSec-Fetch-Dest: image", bearer_401},
    {"browser-cannot-set-header", true, "WebSocket",
     get + "\nOrigin: http://a.test\nUpgrade: websocket", "401"},
    {"browser-cannot-set-header", false, "fetch", browser + "Sec-Fetch-Dest: empty", bearer_401},
    {"browser-cannot-set-header", false, "a client that streams by itself",
     get + "\nAccept: application/json, text/event-stream", bearer_401},
    {"browser-cannot-set-header", false, "the browser asks by itself",
     get + "\nSec-Fetch-Dest: document", "401\nWWW-Authenticate: Basic realm=\"a\""},
    {"browser-cannot-set-header", false, "the session behind the cookie is gone",
     get + "\nSec-Fetch-Dest: document\nCookie: sid=1", "401", after_accepted_cookie},
    {"browser-cannot-set-header", false, "a login",
     "POST /login\nSec-Fetch-Dest: document\n\nusername=ann&password=wrong", "401"},
    {"browser-cannot-set-header", false, "a WebSocket whose Origin is refused",
     get + "\nOrigin: http://127.0.0.1:4000\nUpgrade: websocket", "403"},
    {"browser-cannot-set-header", false, "a page, and no token is asked for",
     get + "\nSec-Fetch-Dest: document", "401\n\nUnauthorized"},
    {"browser-cannot-set-header", false, "a WebSocket of no browser", get + "\nUpgrade: websocket",
     "401"},

    {"no-cors-mode", true, "fetch", get + "\nSec-Fetch-Mode: no-cors\nSec-Fetch-Dest: empty",
     bearer_401},
    {"no-cors-mode", false, "an image", get + "\nSec-Fetch-Mode: no-cors\nSec-Fetch-Dest: image",
     bearer_401},

    {"no-cors-mode", false, "a login",
     "POST /login\nSec-Fetch-Mode: no-cors\nSec-Fetch-Dest: empty\n\nusername=ann&password=wrong",
     "401"},

    {"handshake-challenge", true, "docker", get + "\nUser-Agent: docker/27.0",
     "401\nWWW-Authenticate: Bearer realm=\"https://a.test/t\",service=\"r\""},
    {"handshake-challenge", true, "curl before Digest", get + "\nUser-Agent: curl/8",
     "401\nWWW-Authenticate: Digest realm=\"a\", nonce=\"n\""},
    {"handshake-challenge", true, "completed", get, bearer_401,
     [](Exchange& e, Expectations&) { e.recollection.handshake_completed = true; }},
    {"handshake-challenge", true, "the server's own NTLM message",
     get + "\nAuthorization: NTLM TlRMTVNTUAABAAAA",
     "401\nWWW-Authenticate: NTLM TlRMTVNTUAACAAAA"},
    {"handshake-challenge", false, "curl before Bearer", get + "\nUser-Agent: curl/8", bearer_401},
    {"handshake-challenge", false, "403", get + "\nUser-Agent: git/2.4", "403"},

    {"session-expired", true, "accepted before", get + "\nCookie: sid=1", "401",
     after_accepted_cookie},
    {"session-expired", true, "removed by the answer", get + "\nCookie: sid=1",
     "401\nSet-Cookie: sid=; Max-Age=0"},
    {"session-expired", true, "sent to the login page",
     get + "\nSec-Fetch-Mode: navigate\nCookie: sid=1", "302\nLocation: /login"},
    {"session-expired", false, "403", get + "\nCookie: sid=1", "403"},
    {"session-expired", false, "the user logs out", "POST /logout\nCookie: sid=1",
     "302\nLocation: /login"},
    {"session-expired", false, "a token beside it", bearer("abcdef0123456789") + "\nCookie: sid=1",
     "401", after_accepted_cookie},

    {"session-cookie-blocked", true, "never came back", get, "401", after_blocked_cookie},
    {"session-cookie-blocked", false, "it did", get + "\nCookie: sid=1", "401",
     after_blocked_cookie},
    {"session-cookie-blocked", false, "it could be stored", get, "401", after_stored_cookie},

    {"session-cookie-missing", true, "stored and not sent", browser, "401", after_stored_cookie},
    {"session-cookie-missing", true, "known by configuration", get + "\nSec-Fetch-Site: cross-site",
     "401", [](Exchange&, Expectations& e) { e.session_cookie = "sid"; }},
    {"session-cookie-missing", false, "no browser", get, "401", after_stored_cookie},
    {"session-cookie-missing", false, "no API with cookies", get + "\nSec-Fetch-Site: cross-site",
     bearer_401},

    {"csrf-failed", true, "told", "POST /\nCookie: sid=1",
     "403\n\n{\"detail\":\"CSRF Failed: CSRF token missing or incorrect.\"}"},
    {"csrf-failed", true, "419", "POST /\nCookie: sid=1", "419"},
    {"csrf-failed", true, "an unsafe method without the field", "POST /\nCookie: sid=1", "403"},
    {"csrf-failed", false, "safe", get + "\nCookie: sid=1", "403"},
    {"csrf-failed", false, "the field came", "POST /\nCookie: sid=1\nX-CSRFToken: a", "403"},
    {"csrf-failed", false, "a token beside it",
     "POST /\nCookie: sid=1\nAuthorization: Bearer abcdef0123456789", "403"},
};

}  // namespace

std::span<const CauseCase> absent_cases() { return absent_table; }

}  // namespace whogoes::rules
