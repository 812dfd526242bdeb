#include "cause_rows.hpp"
#include "rules/documented.hpp"

#include <chrono>

namespace whogoes::rules {
namespace {

using namespace std::chrono_literals;

const std::string opaque_token = "f3b0c44298fc1c149afbf4c8996fb924";
const std::string scheme_bearer_401 = "401\nWWW-Authenticate: Bearer realm=\"api\"";
const std::string basic_401 = "401\nWWW-Authenticate: Basic realm=\"x\"";
const std::string digest_401 =
    "401\nWWW-Authenticate: Digest realm=\"a\", qop=\"auth\", nonce=\"n2\"";

std::string raw_basic(std::string_view value) {
    return "GET /\nAuthorization: Basic " + std::string(value);
}
std::string digest(std::string_view uri, std::string_view realm = "a") {
    return "GET /v1/items\nAuthorization: Digest username=\"ann\", realm=\"" + std::string(realm) +
           "\", nonce=\"n1\", uri=\"" + std::string(uri) +
           "\", qop=auth, nc=00000002, cnonce=\"c\", response=\"00\"";
}
std::string ntlm(std::string_view message) {
    return "GET /\nAuthorization: NTLM " + std::string(message);
}

// The API's description asks for a Bearer token here.
void described_bearer(Exchange& exchange, Expectations&) {
    static const DocumentedOperation operation{
        "GET", "/v1/items", {{{DocumentedScheme::Kind::http, "bearer", "", "", {"items:read"}}}}};
    exchange.documented = &operation;
}

void wants_bearer(Exchange&, Expectations& expected) { expected.scheme = "Bearer"; }

const CauseCase scheme_table[] = {
    {"not-as-documented", true, "a key, where a Bearer token is described",
     "GET /v1/items\nX-API-Key: abcdef-12345", "401", described_bearer},
    {"not-as-documented", true, "Basic, where a Bearer token is described",
     "GET /v1/items\nAuthorization: Basic YW5uOnB3MTIzNDU2", "401", described_bearer},
    {"not-as-documented", false, "a Bearer token, as described", bearer(opaque_token), "401",
     described_bearer},
    {"not-as-documented", false, "nothing came", "GET /v1/items", "401", described_bearer},
    {"not-as-documented", false, "no description", "GET /v1/items\nX-API-Key: abcdef-12345", "401"},
    {"scheme-mismatch", true, "Basic for Bearer", basic("ann:pw"), scheme_bearer_401},
    {"scheme-mismatch", true, "configured", basic("ann:pw"), "401", wants_bearer},
    {"scheme-mismatch", false, "one of several", basic("ann:pw"),
     scheme_bearer_401 + "\nWWW-Authenticate: Basic realm=\"x\""},
    {"scheme-mismatch", true, "perhaps, where nobody knows the scheme",
     bearer("q7Lm2vX9sT4cR8wK1nB5"),
     "401\nWWW-Authenticate: FormBased\n\n{\"message\":\"Invalid token\"}"},
    {"scheme-mismatch", false, "a quiet spelling", basic("ann:pw"),
     "401\nWWW-Authenticate: xBasic realm=\"x\""},
    {"scheme-mismatch", false, "a challenge that cannot be read", basic("ann:pw"),
     "401\nWWW-Authenticate: Basic realm=\"x", wants_bearer},
    {"scheme-mismatch", false, "one that cannot be read, beside one that can",
     bearer("abcdef0123456789"),
     "401\nWWW-Authenticate: Bearer authorization_uri=https://login.example.test/x\n"
     "WWW-Authenticate: Basic realm=\"x\""},
    {"scheme-mismatch", true, "another one cannot be read", basic("ann:pw"),
     "401\nWWW-Authenticate: Bearer realm=\"x\"\nWWW-Authenticate: Basically broken=https://x"},
    {"scheme-mismatch", false, "a bound token as Bearer",
     bearer(token(R"({"cnf":{"jkt":"abc"},"exp":1790003000})")),
     "401\nWWW-Authenticate: DPoP algs=\"ES256\""},
    {"scheme-mismatch", false, "403", basic("ann:pw"), "403"},
    {"scheme-mismatch", true, "a word that may be a scheme", "GET /\nAuthorization: Blue",
     scheme_bearer_401},
    {"scheme-mismatch", false, "no scheme at all",
     "GET /\nAuthorization: f3b0c44298fc1c149afbf4c8996fb924", scheme_bearer_401},

    {"netrc-override", true, "requests", basic("machine:pw") + "\nUser-Agent: python-requests/2.32",
     scheme_bearer_401},
    {"netrc-override", true, "an old httpx",
     basic("machine:pw") + "\nUser-Agent: python-httpx/0.8.0", scheme_bearer_401},
    {"netrc-override", false, "a new httpx",
     basic("machine:pw") + "\nUser-Agent: python-httpx/0.27.2", scheme_bearer_401},
    {"netrc-override", false, "another client", basic("machine:pw") + "\nUser-Agent: curl/8",
     scheme_bearer_401},
    {"netrc-override", false, "Basic is offered",
     basic("machine:pw") + "\nUser-Agent: python-requests/2.32", basic_401},

    {"scheme-case-rejected", true, "nothing else is wrong",
     "GET /\nAuthorization: bearer " + opaque_token, scheme_bearer_401},
    {"scheme-case-rejected", true, "accepted as Bearer",
     "GET /\nAuthorization: BEARER " + opaque_token, "401",
     [](Exchange& e, Expectations&) { e.recollection.accepted_in_registered_spelling = true; }},
    {"scheme-case-rejected", false, "usual", bearer(opaque_token), scheme_bearer_401},
    {"scheme-case-rejected", false, "accepted in this very spelling",
     "GET /\nAuthorization: bearer " + opaque_token, scheme_bearer_401,
     [](Exchange& e, Expectations&) { e.recollection.credential_accepted_ago = 5s; }},

    {"basic-holds-token", true, "JWT", raw_basic(token(valid_claims)), basic_401},
    {"basic-holds-token", false, "user:password", basic("ann:pw"), basic_401},
    {"basic-base64url", true, "both characters", raw_basic("YW5uOnB-fj8_Pj9-"), basic_401},
    {"basic-base64url", false, "no pair behind it", raw_basic("a-b_"), basic_401},
    {"basic-not-base64", true, "as it is", raw_basic("ann:secret99"), basic_401},
    {"basic-not-base64", true, "cut", raw_basic("YW5uO"), basic_401},
    {"basic-not-base64", true, "a bare 400", raw_basic("ann:secret99"), "400"},
    {"basic-not-base64", true, "a 400 that says no more than that", raw_basic("ann:secret99"),
     "400\nContent-Type: application/json\n\n{\"error\":\"Bad Request\"}"},
    {"basic-not-base64", false, "a 400 about something else", raw_basic("ann:secret99"),
     "400\nContent-Type: application/json\n\n{\"message\":\"name is too long\"}"},
    {"basic-not-base64", false, "padding left out", raw_basic("YW5uOg"), basic_401},
    {"basic-double-encoded", true, "twice", raw_basic("WVc1dU9uTmxZM0psZERrNQ=="), basic_401},
    {"basic-double-encoded", false, "a token that is base64", basic("justatoken123"), basic_401},
    {"basic-no-colon", true, "a token alone", basic("justatoken123"), basic_401},
    {"basic-no-colon", true, "a bare 400", basic("justatoken123"), "400"},
    {"basic-empty-password", false, "legal, and a bare 400", basic("ann:"), "400"},
    {"basic-wrong-credentials", false, "legal, and a bare 400", basic("ann:pw"), "400"},
    {"basic-no-colon", false, "colons in the password", basic("ann:a:b:c"), basic_401},
    {"basic-trailing-newline", true, "LF", basic("ann:secret99\n"), basic_401},
    {"basic-trailing-newline", true, "CRLF", basic("ann:secret99\r\n"), basic_401},
    {"basic-trailing-newline", true, "behind the user", basic("ann\n:secret99"), basic_401},
    {"basic-trailing-newline", false, "inside", basic("ann:sec\nret"), basic_401},
    {"basic-control-characters", true, "TAB", basic("ann:sec\tret"), basic_401},
    {"basic-control-characters", true, "LF inside", basic("ann:sec\nret"), basic_401},
    {"basic-control-characters", true, "CR at the end", basic("ann:secret\r"), basic_401},
    {"basic-control-characters", true, "CR behind the user", basic("ann\r:secret"), basic_401},
    {"basic-control-characters", false, "CR LF at the end", basic("ann:secret\r\n"), basic_401},
    {"basic-control-characters", false, "LF at the end", basic("ann:secret\n"), basic_401},
    {"basic-not-utf8", true, "latin-1", basic("j\xFCrgen:geheim"), basic_401},
    {"basic-not-utf8", false, "UTF-8", basic("j\xC3\xBCrgen:geheim"), basic_401},
    {"basic-empty-username", true, "401", basic(":secret"), basic_401},
    {"basic-empty-username", false, "403 knows the key", basic(":secret"), "403"},
    {"basic-empty-password", true, "401", basic("ann:"), basic_401},
    {"basic-empty-password", false, "a key that stands alone, and has run out",
     basic("pk-q7lm2vx9st4cr8wk1nb:"),
     "401\n\n{\"code\":\"K002\",\"message\":\"Key has expired. Please generate a new key.\"}"},
    {"basic-empty-password", false, "the answer speaks of a key", basic("thisIsNotAValidAPIKey:"),
     "401\n\n{\"code\":\"InvalidCredentials\",\"message\":{\"error\":1102,\"message\":\"The API "
     "key "
     "provided is invalid.\"}}"},
    {"basic-empty-password", false, "there", basic("ann:x"), basic_401},
    {"basic-wrong-credentials", true, "well-formed", basic("ann:secret99"), basic_401},
    {"basic-wrong-credentials", true, "a POST that is challenged, where a GET was let in",
     "POST" + basic("ann:secret99").substr(3), basic_401,
     [](Exchange& e, Expectations&) { e.recollection.credential_accepted_elsewhere_ago = 5s; }},
    {"basic-wrong-credentials", false, "a POST, where a GET was let in",
     "POST" + basic("ann:secret99").substr(3), "401",
     [](Exchange& e, Expectations&) { e.recollection.credential_accepted_elsewhere_ago = 5s; }},
    {"csrf-failed", true, "a POST with Basic, where a GET was let in",
     "POST" + basic("ann:secret99").substr(3), "401",
     [](Exchange& e, Expectations&) { e.recollection.credential_accepted_elsewhere_ago = 5s; }},
    {"basic-wrong-credentials", false, "403", basic("ann:secret99"), "403"},
    {"basic-wrong-credentials", false, "something else is wrong", basic("ann:"), basic_401},

    {"digest-nonce-stale", true, "true", digest("/v1/items"), digest_401 + ", stale=true"},
    {"digest-nonce-stale", true, "quoted", digest("/v1/items"), digest_401 + ", stale=\"TRUE\""},
    {"digest-nonce-stale", false, "false", digest("/v1/items"), digest_401 + ", stale=false"},
    {"digest-uri-mismatch", true, "rewritten", digest("/v1/items"), digest_401,
     [](Exchange& e, Expectations&) { e.request.target = "/items"; }},
    {"digest-uri-mismatch", false, "absolute", digest("http://localhost:8401/v1/items"),
     digest_401},
    {"digest-nc-reuse", true, "the same", digest("/v1/items"), digest_401,
     [](Exchange& e, Expectations&) { e.recollection.digest_last_nc = 2; }},
    {"digest-nc-reuse", false, "the next", digest("/v1/items"), digest_401,
     [](Exchange& e, Expectations&) { e.recollection.digest_last_nc = 1; }},
    {"digest-wrong-credentials", true, "nothing else", digest("/v1/items"), digest_401},
    {"digest-wrong-credentials", true, "another realm", digest("/v1/items", "b"), digest_401},
    {"digest-wrong-credentials", true, "no new challenge", digest("/v1/items"), "401"},
    {"digest-wrong-credentials", false, "stale", digest("/v1/items"), digest_401 + ", stale=true"},

    {"connection-auth-broken", true, "another connection", ntlm("TlRMTVNTUAADAAAA"),
     "401\nWWW-Authenticate: NTLM",
     [](Exchange& e, Expectations&) { e.place.upstream_connection_changed = true; }},
    {"connection-auth-broken", true, "perhaps a further hop", ntlm("TlRMTVNTUAADAAAA"),
     "401\nWWW-Authenticate: NTLM"},
    {"connection-auth-broken", false, "the first leg", ntlm("TlRMTVNTUAABAAAA"),
     "401\nWWW-Authenticate: NTLM",
     [](Exchange& e, Expectations&) { e.place.upstream_connection_changed = true; }},

    {"opaque-wrong-environment", true, "a test key", bearer("sk_test_EXAMPLE"), scheme_bearer_401,
     [](Exchange& e, Expectations& x) {
         e.place.upstream_origin = "https://api.stripe.com";
         x.environment = "live";
     }},
    {"opaque-wrong-environment", true, "told", bearer("acme_live_EXAMPLE"),
     "401\n\n{\"message\":\"This key was made in live mode, use a test mode key\"}"},
    {"opaque-wrong-environment", false, "the right one", bearer("acme_live_EXAMPLE"),
     scheme_bearer_401, [](Exchange&, Expectations& x) { x.environment = "live"; }},
    {"opaque-wrong-provider", true, "GitHub", bearer("ghp_EXAMPLEEXAMPLE"), scheme_bearer_401},
    {"opaque-wrong-provider", true, "a GitLab with a word of its own", bearer("acme-glpat-EXAMPLE"),
     scheme_bearer_401},
    {"opaque-wrong-provider", true, "in a field of its own",
     "GET /v1/items\nX-Api-Key: ghp_EXAMPLEEXAMPLE", scheme_bearer_401},
    {"opaque-wrong-provider", false, "a key at a gateway that has a field for keys",
     "GET /v1/items\nX-Goog-Api-Key: AIzaEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPL", "403"},
    {"opaque-wrong-provider", false, "its own host", bearer("ghp_EXAMPLEEXAMPLE"),
     scheme_bearer_401,
     [](Exchange& e, Expectations&) { e.place.upstream_origin = "https://api.github.com"; }},
    {"opaque-wrong-provider", false, "a GitLab of one's own", bearer("glpat-EXAMPLE"),
     scheme_bearer_401,
     [](Exchange& e, Expectations&) { e.place.upstream_origin = "https://gitlab.corp.test:8443"; }},
    {"opaque-wrong-provider", false, "a GitHub of one's own, by its path",
     "GET /api/v3/user\nAuthorization: Bearer ghp_EXAMPLEEXAMPLE", scheme_bearer_401,
     [](Exchange& e, Expectations&) { e.place.upstream_origin = "https://code.corp.test"; }},
    {"opaque-wrong-provider", false, "a gateway that speaks of keys",
     bearer("gsk_EXAMPLEEXAMPLEEXAMPLE"),
     "401\n\n{\"error\":{\"message\":\"Invalid API Key\",\"code\":\"invalid_api_key\"}}"},
    {"opaque-wrong-provider", false, "a field of the provider's own",
     "GET /v1/items\nPRIVATE-TOKEN: glpat-EXAMPLEEXAMPLE", "401"},
    {"opaque-wrong-provider", true, "a system of anybody's hosts, and another provider's host",
     bearer("hvs.EXAMPLEEXAMPLE"), scheme_bearer_401,
     [](Exchange& e, Expectations&) { e.place.upstream_origin = "https://api.github.com"; }},
    {"opaque-wrong-provider", false, "a system of anybody's hosts", bearer("hvs.EXAMPLEEXAMPLE"),
     scheme_bearer_401},
    {"opaque-wrong-provider", false, "a stand-in", bearer("sk_test_EXAMPLE"), scheme_bearer_401,
     [](Exchange& e, Expectations&) { e.place.upstream_origin = "http://stripe-mock:12111"; }},
    {"opaque-wrong-provider", false, "an address", bearer("ya29.EXAMPLE"), scheme_bearer_401,
     [](Exchange& e, Expectations&) { e.place.upstream_origin = "https://192.0.2.7:6443"; }},
    {"opaque-wrong-provider", false, "letters of several providers", bearer("sk_test_EXAMPLE"),
     scheme_bearer_401,
     [](Exchange& e, Expectations&) { e.place.upstream_origin = "https://api.clerk.com"; }},
    {"publishable-key-used", true, "its prefix", bearer("pk_test_EXAMPLE"), scheme_bearer_401,
     [](Exchange& e, Expectations&) { e.place.upstream_origin = "https://api.stripe.com"; }},
    {"publishable-key-used", true, "an API key", "GET /\nX-API-Key: phc_EXAMPLEEXAMPLE", "401"},
    {"publishable-key-used", true, "told", bearer(opaque_token),
     "401\n\n{\"message\":\"This call cannot be made with a publishable API key.\"}"},
    {"publishable-key-used", false, "a secret one", bearer("sk_test_EXAMPLE"), scheme_bearer_401,
     [](Exchange& e, Expectations&) { e.place.upstream_origin = "https://api.stripe.com"; }},
    {"publishable-key-used", false, "another provider's", bearer("pk_test_EXAMPLE"),
     scheme_bearer_401,
     [](Exchange& e, Expectations&) { e.place.upstream_origin = "https://api.github.com"; }},
    {"publishable-key-used", false, "beside a token",
     "GET /\napikey: sb_publishable_EXAMPLE\nAuthorization: Bearer " + token(valid_claims), "401"},
    {"opaque-token-rejected", true, "a client secret", bearer("GOCSPX-EXAMPLE"), "401",
     [](Exchange& e, Expectations&) { e.place.upstream_origin = "https://www.googleapis.com"; }},
    {"opaque-token-rejected", true, "a webhook secret", bearer("whsec_EXAMPLE"), "401",
     [](Exchange& e, Expectations&) { e.place.upstream_origin = "https://api.stripe.com"; }},
    {"opaque-token-rejected", true, "no prefix", bearer(opaque_token), "401"},
    {"opaque-token-rejected", true, "it has dots", bearer("v2.local.QAxIpVe_ECVNI1z4xQbm"), "401"},
    {"opaque-token-rejected", false, "403", bearer(opaque_token), "403"},
    {"opaque-token-rejected", false, "a JWT", bearer(token(valid_claims)), "401"},
};

}  // namespace

std::span<const CauseCase> scheme_cases() { return scheme_table; }

}  // namespace whogoes::rules
