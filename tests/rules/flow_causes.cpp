#include "cause_rows.hpp"
#include "rules/text.hpp"

#include <chrono>

namespace whogoes::rules {
namespace {

using namespace std::chrono_literals;

const std::string refresh =
    "POST /oauth/token\n\ngrant_type=refresh_token&refresh_token=rt-EXAMPLE";
const std::string code =
    "POST /oauth/token\n\ngrant_type=authorization_code&code=c-EXAMPLE&code_verifier=v-EXAMPLE";
const std::string flow_bearer_401 = "401\nWWW-Authenticate: Bearer realm=\"api\"";
const std::string dpop_401 =
    "401\nWWW-Authenticate: DPoP error=\"invalid_dpop_proof\", algs=\"ES256\"";
constexpr std::string_view proof_header = R"({"typ":"dpop+jwt","alg":"ES256","jwk":{"kty":"EC"}})";

// The proof of a request for GET /v1/items with the token "abcdef0123456789"; ath is its SHA-256.
std::string proof(std::string_view htu, std::string_view more,
                  std::string_view header = proof_header) {
    const std::string claims = "{\"htu\":\"" + std::string(htu) + "\"" + std::string(more) + "}";
    // ES256 signs with 64 octets, which are 86 characters.
    const std::string text = token(claims, header);
    return text.substr(0, text.rfind('.') + 1) + std::string(86, 'A');
}
std::string dpop(std::string_view fields) {
    return "GET /v1/items\nAuthorization: DPoP abcdef0123456789" + std::string(fields);
}
const std::string right =
    R"(,"htm":"GET","iat":1790000000,"ath":"9EWAHgy4mSYsm54hmDaIDXPKLRsLnBX7lZyQ6xISNOM")";
constexpr std::string_view api_url = "https://api.example.test/v1/items";

const CauseCase flow_table[] = {
    {"refresh-failed", true, "invalid_grant", refresh, "400\n\n{\"error\":\"invalid_grant\"}"},
    {"refresh-failed", true, "401", refresh, "401"},
    {"refresh-failed", true, "a path of its own", "POST /auth/refresh", "401",
     [](Exchange&, Expectations& x) { x.refresh_paths = {"/auth/refresh"}; }},
    {"refresh-failed", false, "a mistake in the call", refresh,
     "400\n\n{\"error\":\"invalid_scope\"}"},
    {"refresh-failed", false, "a login", "POST /oauth/token\n\ngrant_type=password",
     "400\n\n{\"error\":\"invalid_grant\"}"},
    {"refresh-client-rejected", true, "told", refresh, "401\n\n{\"error\":\"invalid_client\"}"},
    {"refresh-client-rejected", true, "by RFC 6749, 5.2",
     "POST /oauth/token\n\ngrant_type=client_credentials", "401"},
    {"refresh-client-rejected", true, "its grant in the query",
     "POST /oauth/token?grant_type=account_credentials", "400\n\n{\"error\":\"invalid_client\"}"},
    {"refresh-client-rejected", false, "the words blame the refresh token", refresh,
     "403\n\n{\"error\":\"unauthorized_client\",\"error_description\":\"refresh_token is "
     "invalid\"}"},
    {"refresh-failed", true, "unauthorized_client, and the words blame the token", refresh,
     "403\n\n{\"error\":\"unauthorized_client\",\"error_description\":\"refresh_token is "
     "invalid\"}"},
    {"refresh-failed", false, "unauthorized_client", refresh,
     "403\n\n{\"error\":\"unauthorized_client\"}"},
    {"refresh-client-rejected", false, "another endpoint", "POST /items",
     "401\n\n{\"error\":\"invalid_client\"}"},

    {"refresh-client-rejected", true, "no authentication of the client", code,
     "400\n\n{\"error\":\"invalid_request\",\"error_description\":\"no client authentication "
     "mechanism provided\"}"},
    {"refresh-client-rejected", false, "a 401 that blames the code", code,
     "401\n\n{\"error\":\"invalid_grant\"}"},

    {"pkce-failed", true, "words of an own server", code,
     "400\n\n{\"error\":\"invalid_grant\",\"error_description\":\"PKCE verification failed\"}"},
    {"pkce-failed", true, "OpenIddict", code,
     "400\n\n{\"error\":\"invalid_grant\",\"error_description\":\"The specified 'code_verifier' is "
     "invalid.\"}"},
    {"pkce-failed", false, "no code was traded", refresh,
     "400\n\n{\"error\":\"invalid_grant\",\"error_description\":\"PKCE verification failed\"}"},
    {"redirect-uri-mismatch", true, "Google's code", code,
     "400\n\n{\"error\":\"redirect_uri_mismatch\",\"error_description\":\"Bad Request\"}"},
    {"redirect-uri-mismatch", true, "Spotify", code,
     "400\n\n{\"error\":\"invalid_grant\",\"error_description\":\"Invalid redirect URI\"}"},
    {"redirect-uri-mismatch", false, "the sentence of RFC 6749 names all that may be wrong", code,
     "400\n\n{\"error\":\"invalid_grant\",\"error_description\":\"The provided authorization grant "
     "is invalid, expired, revoked, does not match the redirection URI used in the authorization "
     "request, or was issued to another client.\"}"},
    {"code-exchange-failed", true, "invalid_grant", code, "400\n\n{\"error\":\"invalid_grant\"}"},
    {"code-exchange-failed", true, "in JSON",
     "POST /oauth/token\n\n{\"grant_type\":\"authorization_code\",\"code\":\"c-EXAMPLE\"}",
     "400\n\n{\"error\":\"invalid_grant\"}"},
    {"code-exchange-failed", true, "Google", code,
     "400\n\n{\"error\":\"invalid_grant\",\"error_description\":\"Malformed auth code.\"}"},
    {"code-exchange-failed", true, "FusionAuth", code,
     "400\n\n{\"error\":\"invalid_request\",\"error_description\":\"Invalid Authorization "
     "Code\",\"error_reason\":\"auth_code_not_found\"}"},
    {"code-exchange-failed", true, "Doorkeeper's sentence with 401", code,
     "401\n\n{\"error\":\"invalid_grant\",\"error_description\":\"The provided authorization grant "
     "is invalid, expired, revoked, does not match the redirection URI used in the authorization "
     "request, or was issued to another client.\"}"},
    {"code-exchange-failed", true, "words that name several", code,
     "400\n\n{\"error\":\"invalid_request\",\"error_description\":\"Unable to retrieve access "
     "token: "
     "appid/redirect uri/code verifier does not match authorization code. Or authorization code "
     "expired. Or external member binding exists\"}"},
    {"pkce-failed", false, "a scope of that name", code,
     "400\n\n{\"error\":\"invalid_scope\",\"error_description\":\"Unknown scope: pkce\"}"},
    {"redirect-uri-mismatch", false, "a field of an app",
     "POST /api/apps\nAuthorization: Bearer q7Lm2vX9sT4cR8wK1nB5\n\n{}",
     "400\n\n{\"message\":\"Invalid redirect URI: must be https\"}"},
    {"login-failed", true, "a password grant",
     "POST /oauth/token\n\ngrant_type=password&username=ann&password=wrong",
     "400\n\n{\"error\":\"invalid_grant\"}"},
    {"account-locked", true, "a password grant, and words",
     "POST /oauth/token\n\ngrant_type=password&username=ann&password=wrong",
     "400\n\n{\"error\":\"invalid_grant\",\"error_description\":\"Account locked\"}"},
    {"code-exchange-failed", false, "a refresh", refresh, "400\n\n{\"error\":\"invalid_grant\"}"},
    {"code-exchange-failed", false, "the verifier", code,
     "400\n\n{\"error\":\"invalid_grant\",\"error_description\":\"PKCE verification failed\"}"},
    {"code-exchange-failed", false, "the client", code, "401\n\n{\"error\":\"invalid_client\"}"},

    {"token-rejected-unknown", true, "a 403 that calls it invalid", bearer(token(valid_claims)),
     "403\n\n{\"error\":\"SSO responded with a 400: Invalid token\"}"},
    {"token-rejected-unknown", false, "a 403 about another token", bearer(token(valid_claims)),
     "403\n\n{\"message\":\"Invalid token for the password reset\"}"},
    {"replay-still-unauthorized", true, "renewed", bearer(token(valid_claims)), flow_bearer_401,
     [](Exchange& e, Expectations&) {
         e.replay_of = ReplayOf{true, "tk_000000000000"};
     }},
    {"replay-still-unauthorized", false, "not renewed", bearer(token(valid_claims)),
     flow_bearer_401,
     [](Exchange& e, Expectations&) {
         e.replay_of = ReplayOf{false, {}};
     }},
    {"replay-still-unauthorized", true, "the client renews in vain", bearer("opaque-0123456789"),
     "401", [](Exchange& e, Expectations&) { e.recollection.vain_renewals = 3; }},
    {"replay-still-unauthorized", false, "twice may be chance", bearer("opaque-0123456789"), "401",
     [](Exchange& e, Expectations&) { e.recollection.vain_renewals = 2; }},
    {"stale-token-race", true, "a newer one", bearer(token(valid_claims)), flow_bearer_401,
     [](Exchange& e, Expectations&) { e.recollection.newer_token_accepted_ago = 3s; }},
    {"stale-token-race", false, "the newest", bearer(token(valid_claims)), flow_bearer_401},
    {"repeated-rejected-credential", true, "the fifth", bearer(token(expired_claims)),
     flow_bearer_401, [](Exchange& e, Expectations&) { e.recollection.refused_in_30s = 4; }},
    {"repeated-rejected-credential", false, "the fourth", bearer(token(expired_claims)),
     flow_bearer_401, [](Exchange& e, Expectations&) { e.recollection.refused_in_30s = 3; }},
    {"revoked-or-logged-out", true, "accepted before", bearer(token(valid_claims)), flow_bearer_401,
     [](Exchange& e, Expectations&) { e.recollection.credential_accepted_ago = 90s; }},
    {"revoked-or-logged-out", false, "never seen", bearer(token(valid_claims)), flow_bearer_401},
    {"revoked-or-logged-out", false, "expired since", bearer(token(expired_claims)),
     flow_bearer_401,
     [](Exchange& e, Expectations&) { e.recollection.credential_accepted_ago = 90s; }},
    {"token-rejected-unknown", true, "a JWT", bearer(token(valid_claims)), "401"},
    {"token-rejected-unknown", true, "a scheme that we do not read",
     "GET /\nAuthorization: AWS4-HMAC-SHA256 Credential=a", "401"},
    {"token-rejected-unknown", false, "403", bearer(token(valid_claims)), "403"},

    {"dpop-proof-missing", true, "no field", dpop(""), dpop_401},
    {"dpop-proof-missing", true, "as Bearer",
     bearer(token(R"({"cnf":{"jkt":"abc"},"exp":1790003000})")), dpop_401},
    {"dpop-proof-missing", false, "there", dpop("\nDPoP: " + proof(api_url, right)), dpop_401},
    {"dpop-proof-missing", false, "an ordinary token", bearer(token(valid_claims)), dpop_401},
    {"dpop-proof-invalid", true, "two", dpop("\nDPoP: a\nDPoP: b"), dpop_401},
    {"dpop-proof-invalid", true, "no JWT", dpop("\nDPoP: abc"), dpop_401},
    {"dpop-proof-invalid", true, "method",
     dpop("\nDPoP: " + proof(api_url, R"(,"htm":"POST","iat":1790000000)")), dpop_401},
    {"dpop-proof-invalid", true, "hash",
     dpop("\nDPoP: " + proof(api_url, R"(,"htm":"GET","iat":1790000000,"ath":"x")")), dpop_401},
    {"dpop-proof-invalid", true, "the private key",
     dpop("\nDPoP: " +
          proof(api_url, right, R"({"typ":"dpop+jwt","alg":"ES256","jwk":{"kty":"EC","d":"x"}})")),
     dpop_401},
    {"dpop-proof-invalid", false, "right", dpop("\nDPoP: " + proof(api_url, right)),
     "401\nWWW-Authenticate: DPoP algs=\"ES256\""},
    {"dpop-proof-invalid", true, "the challenge says so", dpop("\nDPoP: " + proof(api_url, right)),
     dpop_401},
    {"dpop-htu-mismatch", true, "the proxy's URL",
     dpop("\nDPoP: " + proof("http://localhost:8401/v1/items", right)), dpop_401},
    {"dpop-htu-mismatch", true, "nobody's",
     dpop("\nDPoP: " + proof("https://old.test/v1/items", right)), dpop_401},
    {"dpop-htu-mismatch", false, "another spelling",
     dpop("\nDPoP: " + proof("HTTPS://API.example.test:443/v1/items?a=1", right)), dpop_401},
};

}  // namespace

std::span<const CauseCase> flow_cases() { return flow_table; }

}  // namespace whogoes::rules
