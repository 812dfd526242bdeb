#include "cause_rows.hpp"

namespace whogoes::rules {
namespace {

std::string sent(std::string_view value) {
    return "GET /v1/items\nAuthorization: " + std::string(value);
}

const std::string opaque = "f3b0c44298fc1c149afbf4c8996fb924";
const std::string nothing_came =
    "\n\n{\"detail\":\"Authentication credentials were not provided.\"}";

const std::string bearer_400 =
    "400\nWWW-Authenticate: Bearer realm=\"\", error=\"invalid_request\"\n\nBad Request";

const CauseCase malformed_table[] = {
    {"multiple-authorization", true, "two fields",
     bearer(opaque) + "\nAuthorization: Basic YW5uOnB3", "401"},
    {"multiple-authorization", true, "400", bearer(opaque) + "\nAuthorization: Basic YW5uOnB3",
     "400"},
    {"multiple-authorization", true, "joined", bearer(opaque) + ", Basic YW5uOnB3", "401"},
    {"multiple-authorization", false, "a comma in quotes",
     sent("Digest username=\"a, Basic b\", realm=\"r\""), "401"},
    {"multiple-authorization", false, "a comma behind the scheme", sent("Bearer, Bearer x"), "401"},

    {"scheme-separator-wrong", true, "colon", sent("Bearer:" + opaque), "401"},
    {"scheme-separator-wrong", true, "comma and blank", sent("bearer, " + opaque), "401"},
    {"scheme-separator-wrong", true, "400", sent("Token=" + opaque), "400"},
    {"scheme-separator-wrong", false, "right", bearer(opaque), "401"},
    {"scheme-separator-wrong", false, "a longer word", sent("Bearers " + opaque), "401"},

    {"scheme-only", true, "Bearer", sent("Bearer "), "401"},
    {"scheme-only", true, "in small letters", sent("basic"), "401"},
    {"scheme-only", false, "another word", sent("Blue"), "401"},

    {"scheme-missing", true, "JWT", sent(token(valid_claims)), "401"},
    {"scheme-missing", true, "opaque", sent(opaque), "401"},
    {"scheme-missing", true, "opaque, where Bearer is offered", sent(opaque), bearer_400},
    {"scheme-missing", true, "opaque, where Bearer is offered with a 401", sent(opaque),
     "401\nWWW-Authenticate: Bearer realm=\"api\""},
    {"scheme-missing", true, "of a form that is no token68", sent("12|" + opaque), bearer_400},
    {"scheme-missing", true, "short, where Bearer is offered", sent("abc123def"), bearer_400},
    {"scheme-missing", false, "a short word may be a scheme", sent("abcdef"), bearer_400},
    {"scheme-missing", false, "a separator", sent("Bearer:" + opaque), bearer_400},
    {"scheme-missing", false, "too short to tell", sent("abcdef"), "401"},
    {"scheme-missing", false, "an unknown scheme", sent("Own " + opaque), "401"},
    {"scheme-missing", false, "a placeholder", sent("YOUR_ACCESS_TOKEN"), "401"},

    {"authorization-stripped", true, "DRF", sent("Token " + opaque),
     "401\nServer: Apache\nWWW-Authenticate: Token" + nothing_came},
    {"authorization-stripped", true, "no challenge", bearer(opaque),
     "403\n\n{\"message\":\"No authorization token was found\"}"},
    {"authorization-stripped", false, "nothing was sent", "GET /", "401" + nothing_came},
    {"authorization-stripped", false, "the scheme is not offered", sent("Basic YW5uOnB3"),
     "401\nWWW-Authenticate: Bearer realm=\"a\"" + nothing_came},
    {"authorization-stripped", false, "a refused token", bearer(opaque),
     "401\n\n{\"message\":\"Invalid or missing authentication token\"}"},
    {"authorization-stripped", false, "another token", bearer(opaque),
     "403\n\n{\"message\":\"CSRF token not provided\"}"},

    {"scheme-doubled", true, "Bearer Bearer", sent("Bearer Bearer " + opaque), "401"},
    {"scheme-doubled", true, "an empty variable", sent("Bearer bearer"), "401"},
    {"scheme-doubled", true, "another scheme", sent("Bearer Token " + opaque), "401"},
    {"scheme-doubled", false, "a token that begins alike", sent("Bearer bearer-" + opaque), "401"},

    {"placeholder-token", true, "undefined", sent("Bearer undefined"), "401"},
    {"placeholder-token", true, "in capitals", sent("Bearer NULL"), "401"},
    {"placeholder-token", true, "an object", sent("Bearer [object Object]"), "401"},
    {"placeholder-token", true, "Mustache", sent("Bearer {{ AUTH_TOKEN }}"), "401"},
    {"placeholder-token", true, "shell", sent("Bearer ${TOKEN}"), "401"},
    {"placeholder-token", true, "shell without braces", sent("Token $API_TOKEN"), "401"},
    {"placeholder-token", true, "Windows", sent("Bearer %TOKEN%"), "401"},
    {"placeholder-token", true, "brackets", sent("Bearer <your token>"), "401"},
    {"placeholder-token", true, "an instruction", sent("Bearer YOUR_JWT"), "401"},
    {"placeholder-token", true, "an instruction with a place", sent("Bearer YOUR_API_KEY_HERE"),
     "401"},
    {"placeholder-token", true, "Objective-C", sent("Bearer (null)"), "401"},
    {"placeholder-token", true, "x", sent("Bearer XXXX"), "401"},
    {"placeholder-token", true, "without a scheme", sent("undefined"), "401"},
    {"placeholder-token", true, "behind Basic", sent("Basic null"), "401"},
    {"placeholder-token", true, "400", sent("Bearer null"), "400"},
    {"placeholder-token", false, "a word that begins alike", sent("Bearer nullable-4f5e6d7c"),
     "401"},
    {"placeholder-token", false, "a real token in brackets", sent("Bearer <" + opaque + ">"),
     "401"},
    {"placeholder-token", true, "words run together", sent("Bearer <yourAccessTokenHere>"), "401"},
    {"placeholder-token", true, "a name with a number", sent("Bearer {{auth0_token}}"), "401"},
    {"placeholder-token", false, "a token of few digits in brackets",
     sent("Bearer <1ZVAtdzpSB7872KSsDJGBNpe>"), "401"},
    {"placeholder-token", false, "a token of letters in brackets",
     sent("Bearer <qYdTzKbRmXwPaLcVuJhG>"), "401"},
    {"placeholder-token", false, "a JWT in braces", sent("Bearer {{" + token(valid_claims) + "}}"),
     "401"},
    {"placeholder-token", true, "an f-string without its f", sent("Bearer {token}"), "401"},
    {"placeholder-token", true, "a variable's name in quotes", sent("Bearer process.env.TOKEN"),
     "401"},
    {"placeholder-token", true, "a word of manuals", sent("Bearer changeme"), "401"},
    {"placeholder-token", true, "Swagger's default", sent("Bearer string"), "401"},
    {"placeholder-token", true, "Python's bytes", sent("Bearer b'" + token(valid_claims) + "'"),
     "401"},
    {"placeholder-token", true, "an API key", "GET /\nX-API-Key: REPLACE_ME", "401"},
    {"placeholder-token", true, "a scheme before it", "GET /\nX-Auth-Token: Bearer undefined",
     "401"},
    {"placeholder-token", false, "a word that may be a real token, and a 400",
     sent("Bearer changeme"), "400"},
    {"placeholder-token", false, "a password", basic("ann:changeme"), "401"},
    {"placeholder-token", false, "a user name", basic("apikey:0123456789"), "401"},
    {"placeholder-token", false, "of a body's own business",
     "POST /v1/items\nAuthorization: Bearer " + opaque +
         "\nContent-Type: application/x-www-form-urlencoded\n\napi_key=changeme",
     "401"},

    {"quoted-token", true, "both ends", sent("Bearer \"" + opaque + "\""), "401"},
    {"quoted-token", true, "one end", sent("Bearer '" + opaque), "401"},
    {"quoted-token", true, "encoded", sent("Bearer %22" + opaque + "%22"), "401"},
    {"quoted-token", true, "a bare one", sent("\"" + token(valid_claims) + "\""), "401"},
    {"quoted-token", false, "parameters", sent("Token token=\"" + opaque + "\""), "401"},
    {"quoted-token", false, "Digest", sent("Digest username=\"a\""), "401"},

    {"token-whitespace", true, "a blank", sent("Bearer abcdef 0123456789"), "401"},
    {"token-whitespace", true, "a tab", sent("Bearer abcdef\t0123456789"), "401"},
    {"token-whitespace", true, "the two characters", sent("Bearer abcdef\\n"), "401"},
    {"token-whitespace", true, "encoded at the end", sent("Bearer abcdef0123%0A"), "401"},
    {"token-whitespace", false, "parameters of an unknown scheme",
     sent("Signature keyId=\"a\", algorithm=\"b\""), "401"},
    {"token-whitespace", false, "Basic", sent("Basic YW5u OnB3"), "401"},

    {"token-percent-encoded", true, "padding", sent("Bearer abcDEF0123%3D%3D"), "401"},
    {"token-percent-encoded", false, "no two digits", sent("Bearer abc%zz"), "401"},
    {"token-percent-encoded", false, "not a token behind it", sent("Bearer abc%20def"), "401"},

    {"token-illegal-characters", true, "an ellipsis", sent("Bearer eyJhbGci\xE2\x80\xA6Wvs4"),
     "401"},
    {"token-illegal-characters", true, "zero width",
     sent("Bearer abc\xE2\x80\x8B"
          "def"),
     "401"},
    {"token-illegal-characters", true, "brackets", sent("Bearer <" + opaque + ">"), "401"},
    {"token-illegal-characters", true, "not UTF-8", sent("Bearer abc\xFF"), "401"},
    {"token-illegal-characters", false, "Sanctum", sent("Bearer 3|abcdefABCDEF0123"), "401"},
    {"token-illegal-characters", false, "id:key", sent("ApiKey ann:0123456789"), "401"},
    {"token-illegal-characters", false, "a name and its secret, in one",
     sent("Bearer token-x7k2p:q7lm2vx9st4cr8wk1nb5df3g"), "401"},
    {"token-illegal-characters", false, "a checksum behind it",
     sent("Bearer ATATT3q7lm2vx9st4cr8wk1nb5df3g=1A2B3C4D"), "401"},
    {"token-illegal-characters", false, "an organisation before it",
     sent("Bearer 00Dq7lm2vx9st4!AQq7lm2vx9st4cr8wk1nb5df3g.x"), "401"},
    {"token-illegal-characters", false, "a user, a realm, a name and its secret",
     sent("PVEAPIToken ci@pve!deploy=3f9a1c27-be0d-4e6f-8a35-c1d200000000"), "401"},
    {"token-illegal-characters", true, "a parameter's name",
     sent("Bearer access_token=q7lm2vx9st4cr8wk1nb5df3g"), "401"},
    {"token-illegal-characters", true, "a user and a password", sent("Bearer ann:secret99"), "401"},
    {"token-illegal-characters", true, "stars of a display", sent("Bearer sk-q7lm***********df3g"),
     "401"},
    {"token-illegal-characters", false, "padding", sent("Bearer abcdef=="), "401"},
    {"token-illegal-characters", false, "Basic has its own", sent("Basic ann:secret99"), "401"},
};

}  // namespace

std::span<const CauseCase> malformed_cases() { return malformed_table; }

}  // namespace whogoes::rules
