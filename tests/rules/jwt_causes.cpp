#include "cause_rows.hpp"
#include "rules/keys.hpp"
#include "rules/text.hpp"

namespace whogoes::rules {
namespace {

const std::string jwt_bearer_401 =
    "401\nWWW-Authenticate: Bearer realm=\"api\", error=\"invalid_token\"";

std::string jwt(std::string_view claims) { return bearer(token(claims)); }
std::string jwt(std::string_view claims, std::string_view header) {
    return bearer(token(claims, header));
}
std::string valid() { return jwt(valid_claims); }
std::string dated(std::string_view date) { return jwt_bearer_401 + "\nDate: " + std::string(date); }
std::string told(std::string_view text) {
    return "401\n\n{\"message\":\"" + std::string(text) + "\"}";
}

constexpr std::string_view hs256 = R"({"alg":"HS256"})";

std::string with_part(std::size_t number, std::string_view part) {
    const std::string whole = token(valid_claims);
    const std::size_t first = whole.find('.');
    const std::size_t second = whole.find('.', first + 1);
    const std::string parts[] = {whole.substr(0, first),
                                 whole.substr(first + 1, second - first - 1),
                                 whole.substr(second + 1)};
    std::string text;
    for (std::size_t i = 0; i < 3; ++i)
        text += (i == 0 ? "" : ".") + (i == number ? std::string(part) : parts[i]);
    return bearer(text);
}

const KeySet& a_secret() {
    static const KeySet keys = KeySet::from_hmac_secret("a secret of the tests, long enough");
    return keys;
}
void with_secret(Exchange& exchange, Expectations&) { exchange.keys = &a_secret(); }

const KeySet& an_rsa_set() {
    // RFC 7517, appendix A.1.
    static const KeySet keys = *KeySet::from_jwks(
        R"({"kty":"RSA","kid":"2011-04-29","alg":"RS256","e":"AQAB","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"})");
    return keys;
}
void with_rsa_set(Exchange& exchange, Expectations&) { exchange.keys = &an_rsa_set(); }

const CauseCase jwt_table[] = {
    {"jwt-segment-count", true, "two parts",
     bearer(token(valid_claims).substr(0, token(valid_claims).rfind('.'))), "401"},
    {"jwt-segment-count", true, "two parts, and a bare 400",
     bearer("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0"), "400"},
    {"jwt-segment-count", false, "one part, which is JSON, and a bare 400",
     bearer("eyJrIjoiT0tTcG1pUlY2RnVKZTFVaDFsNFZXdE9ZWm1ja0ZYbk8ifQ"), "400"},
    {"jwt-segment-count", false, "a cookie of a framework, and a bare 400",
     "GET /\nCookie: laravel_session=eyJpdiI6IkFBQSJ9.eyJ2IjoxfQ", "400"},
    {"jwt-segment-count", true, "an opaque token where a JWT is wanted", bearer("abcdef0123456789"),
     told("jwt malformed")},
    {"jwt-segment-count", false, "dots in an opaque token", bearer("v2.local.QAxIpVe_ECV"), "401"},
    {"jwt-encrypted", true, "five parts",
     bearer(base64url_of(R"({"alg":"dir","enc":"A256GCM"})") + "..MDEy.b3Bh.MDEy"), "401"},
    {"jwt-encrypted", false, "403: it was read",
     bearer(base64url_of(R"({"alg":"dir","enc":"A256GCM"})") + "..MDEy.b3Bh.MDEy"), "403"},
    {"jwt-base64-standard", true, "padding",
     with_part(1, "eyJzdWIiOiJ+fn4/Pz8+Pj4iLCJleHAiOjE3OTAwMDMwMDB9"), "401"},
    {"jwt-base64-standard", false, "base64url", valid(), "401"},
    {"jwt-base64-invalid", true, "an octet of token68", with_part(1, "eyJzdWIiOiJ~IiwxIn0"), "401"},
    {"jwt-base64-invalid", true, "an octet outside of token68", with_part(1, "eyJzdWIiOiJ*IiwxIn0"),
     "401"},
    {"jwt-base64-invalid", false, "an opaque token", bearer("abc~def"), "401"},
    {"jwt-json-invalid", true, "cut", with_part(1, base64url_of(R"({"sub":"a","exp":)")), "401"},
    {"jwt-json-invalid", true, "a list", with_part(1, base64url_of("[1]")), "401"},
    {"jwt-json-invalid", false, "an object", valid(), "401"},
    {"jwt-alg-none", true, "none", jwt(valid_claims, R"({"alg":"None"})"), "401"},
    {"jwt-alg-none", true, "no signature", with_part(2, ""), "401"},
    {"jwt-alg-none", false, "signed", valid(), "401"},
    {"jwt-alg-missing", true, "absent", jwt(valid_claims, R"({"typ":"JWT"})"), "401"},
    {"jwt-alg-missing", false, "there", valid(), "401"},
    {"jwt-truncated", true, "cut", with_part(2, "AAAAAAAAAA"), "401"},
    {"jwt-truncated", false, "whole", valid(), "401"},

    {"refresh-token-as-access-token", true, "Keycloak", jwt(R"({"typ":"Refresh"})"), "401"},
    {"refresh-token-as-access-token", true, "token_use", jwt(R"({"token_use":"refresh"})"), "401"},
    {"refresh-token-as-access-token", true, "GitHub", bearer("ghr_EXAMPLEEXAMPLE"), "401"},
    {"refresh-token-as-access-token", true, "Google", bearer("1//0EXAMPLE"), "401",
     [](Exchange& e, Expectations&) { e.place.upstream_origin = "https://www.googleapis.com"; }},
    {"refresh-token-as-access-token", false, "access", jwt(R"({"typ":"Bearer"})"), "401"},
    {"id-token-as-access-token", true, "at_hash", jwt(R"({"aud":"spa","at_hash":"x"})"), "401"},
    {"id-token-as-access-token", true, "typ ID", jwt(R"({"aud":"spa","typ":"ID"})"), "401"},
    {"id-token-as-access-token", true, "auth_time and azp",
     jwt(R"({"aud":"spa","azp":"spa","auth_time":1})"), "401"},
    {"id-token-as-access-token", false, "a scope", jwt(R"({"nonce":"x","scope":"a"})"), "401"},
    {"id-token-as-access-token", false, "azp alone", jwt(R"({"aud":"spa","azp":"spa"})"), "401"},

    {"exp-not-numeric", true, "a string", jwt(R"({"exp":"1790003000"})"), jwt_bearer_401},
    {"exp-not-numeric", false, "absent", jwt(R"({"sub":"a"})"), jwt_bearer_401},
    {"exp-in-milliseconds", true, "exp", jwt(R"({"exp":1790003000000})"), jwt_bearer_401},
    {"exp-in-milliseconds", true, "iat", jwt(R"({"iat":1789999400000,"exp":1790003000})"),
     jwt_bearer_401},
    {"exp-in-milliseconds", false, "seconds", valid(), jwt_bearer_401},
    {"exp-in-milliseconds", false, "the last second that is none", jwt(R"({"exp":100000000000})"),
     jwt_bearer_401},
    {"token-expired", true, "two hours ago", jwt(expired_claims), jwt_bearer_401},
    {"token-expired", true, "at exp itself", jwt(R"({"exp":1790000000})"), jwt_bearer_401},
    {"token-expired", true, "as a 403", jwt(expired_claims), "403"},
    {"token-expired", true, "as a 400", jwt(expired_claims),
     "400\n\n{\"message\":\"jwt expired\"}"},
    {"token-expired", true, "told of an opaque one", bearer("abcdef0123456789"),
     told("token has expired")},
    {"token-expired", false, "a second before exp", jwt(R"({"exp":1790000001})"), jwt_bearer_401},
    {"token-expired", false, "invalid or expired", bearer("abcdef0123456789"),
     told("Invalid or expired token")},
    {"token-expired", false, "a 400 about something else", jwt(expired_claims),
     "400\n\n{\"message\":\"name is required\"}"},
    {"clock-skew", true, "theirs is an hour ahead", valid(),
     dated("Mon, 21 Sep 2026 15:15:00 GMT")},
    {"clock-skew", true, "theirs is behind", jwt(R"({"nbf":1789999990,"exp":1790003000})"),
     dated("Mon, 21 Sep 2026 14:10:00 GMT")},
    {"clock-skew", true, "the issuer's is ahead", jwt(R"({"nbf":1790000300,"exp":1790003000})"),
     jwt_bearer_401},
    {"clock-skew", false, "both say expired", jwt(expired_claims),
     dated("Mon, 21 Sep 2026 14:15:00 GMT")},
    {"clock-skew", false, "thirty seconds are none", jwt(R"({"exp":1790000010})"),
     dated("Mon, 21 Sep 2026 14:13:50 GMT")},
    {"clock-skew", false, "403", valid(), "403\nDate: Mon, 21 Sep 2026 15:15:00 GMT"},
    {"token-not-yet-valid", true, "nbf", jwt(R"({"nbf":1790000301})"), jwt_bearer_401},
    {"token-not-yet-valid", true, "iat", jwt(R"({"iat":1790003600})"), jwt_bearer_401},
    {"token-not-yet-valid", false, "nbf now", jwt(R"({"nbf":1790000000})"), jwt_bearer_401},

    {"insufficient-scope", true, "told by the challenge", valid(),
     "403\nWWW-Authenticate: Bearer error=\"insufficient_scope\", scope=\"items:write\""},
    {"insufficient-scope", true, "configured", valid(), "403",
     [](Exchange&, Expectations& x) { x.scopes = {"items:write"}; }},
    {"insufficient-scope", true, "told in words", bearer("abcdef0123456789"),
     "403\n\n{\"message\":\"Insufficient scope\"}"},
    {"insufficient-scope", false, "it is there", valid(), "403",
     [](Exchange&, Expectations& x) { x.scopes = {"items:read"}; }},
    {"insufficient-scope", false, "no words of it", valid(),
     "403\n\n{\"message\":\"out of scope\"}"},
    {"step-up-required", true, "told", valid(),
     "401\nWWW-Authenticate: Bearer error=\"insufficient_user_authentication\", max_age=5"},
    {"step-up-required", false, "another error", valid(), jwt_bearer_401},
    {"dpop-nonce-required", true, "told", "GET /v1/items\nAuthorization: Bearer abcdef0123456789",
     "401\nDPoP-Nonce: n\nWWW-Authenticate: Bearer error=\"use_dpop_nonce\""},
    {"dpop-nonce-required", false, "a nonce for the next time", valid(),
     jwt_bearer_401 + "\nDPoP-Nonce: n"},
    {"wrong-token-typ", true, "JWT", valid(), jwt_bearer_401,
     [](Exchange&, Expectations& x) { x.token_type = "at+jwt"; }},
    {"wrong-token-typ", false, "the long form",
     jwt(valid_claims, R"({"alg":"HS256","typ":"AT+JWT"})"), jwt_bearer_401,
     [](Exchange&, Expectations& x) { x.token_type = "application/at+jwt"; }},
    {"wrong-issuer", true, "configured", valid(), jwt_bearer_401,
     [](Exchange&, Expectations& x) { x.issuer = "https://idp.example.test"; }},
    {"wrong-issuer", true, "told", valid(), told("Jwt issuer is not configured")},
    {"wrong-issuer", false, "the same", valid(), jwt_bearer_401,
     [](Exchange&, Expectations& x) { x.issuer = "https://idp.example.test/"; }},
    {"wrong-issuer", false, "a 403 about somebody else", valid(),
     "403\n\n{\"message\":\"you are not the issuer of this invoice\"}"},
    {"wrong-audience", true, "configured", valid(), jwt_bearer_401,
     [](Exchange&, Expectations& x) {
         x.audiences = {"other", "another"};
     }},
    {"wrong-audience", true, "told", valid(), told("jwt audience invalid")},
    {"wrong-audience", true, "one that names Graph, whatever the answer says",
     bearer(token(R"({"aud":"00000003-0000-0000-c000-000000000000","scp":"User.Read"})")),
     told("the signature is invalid")},
    {"wrong-audience", true, "both of Auth0 itself",
     bearer(token(R"({"aud":["https://acme.eu.auth0.com/api/v2/",)"
                  R"("https://acme.eu.auth0.com/userinfo"],"scope":"openid"})")),
     "401"},
    {"wrong-audience", false, "an own API beside userinfo",
     bearer(token(R"({"aud":["orders","https://acme.eu.auth0.com/userinfo"],)"
                  R"("scope":"openid"})")),
     "401"},
    {"wrong-audience", false, "Graph, which was asked",
     bearer(token(R"({"aud":"https://graph.microsoft.com","scp":"User.Read"})")), "401",
     [](Exchange& e, Expectations&) { e.place.upstream_origin = "https://graph.microsoft.com"; }},
    {"wrong-audience", false, "one of several", valid(), jwt_bearer_401,
     [](Exchange&, Expectations& x) {
         x.audiences = {"other", "api"};
     }},
    {"wrong-authorized-party", true, "tenant", jwt(R"({"tid":"2"})"), jwt_bearer_401,
     [](Exchange&, Expectations& x) { x.tenant = "1"; }},
    {"wrong-authorized-party", true, "client", jwt(R"({"client_id":"spa-9"})"), jwt_bearer_401,
     [](Exchange&, Expectations& x) { x.authorized_parties = {"spa-1"}; }},
    {"wrong-authorized-party", false, "no tenant in it", valid(), jwt_bearer_401,
     [](Exchange&, Expectations& x) { x.tenant = "1"; }},
    {"wrong-authorized-party", false, "azp counts before client_id",
     jwt(R"({"azp":"spa-1","client_id":"other"})"), jwt_bearer_401,
     [](Exchange&, Expectations& x) { x.authorized_parties = {"spa-1"}; }},

    {"unknown-kid", true, "by the keys",
     jwt(valid_claims, R"({"alg":"RS256","kid":"old"})").substr(0) + std::string(299, 'A'),
     jwt_bearer_401, with_rsa_set},
    {"unknown-kid", true, "told", valid(),
     told("Jwks doesn't have key to match kid or alg from Jwt")},
    {"unknown-kid", false, "a word that holds it", valid(), told("kidney")},
    {"alg-key-mismatch", true, "by the keys",
     jwt(valid_claims, R"({"alg":"HS256","kid":"2011-04-29"})"), jwt_bearer_401, with_rsa_set},
    {"alg-key-mismatch", true, "configured", valid(), jwt_bearer_401,
     [](Exchange&, Expectations& x) { x.algorithms = {"RS256"}; }},
    {"alg-key-mismatch", true, "told", valid(), told("invalid algorithm")},
    {"alg-key-mismatch", false, "allowed", valid(), jwt_bearer_401,
     [](Exchange&, Expectations& x) {
         x.algorithms = {"RS256", "HS256"};
     }},
    {"signature-invalid", true, "by the key", valid(), jwt_bearer_401, with_secret},
    {"signature-invalid", true, "told", valid(), told("invalid signature")},
    {"signature-invalid", false, "no key", jwt(valid_claims, hs256), jwt_bearer_401},
};

}  // namespace

std::span<const CauseCase> jwt_cases() { return jwt_table; }

}  // namespace whogoes::rules
