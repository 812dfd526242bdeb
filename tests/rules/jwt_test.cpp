#include "rules/jwt.hpp"

#include "rules/text.hpp"

#include <doctest/doctest.h>

#include <string>

namespace whogoes::rules {
namespace {

const std::string hs256 = R"({"alg":"HS256","typ":"JWT"})";
const std::string good_signature(43, 'A');  // 32 octets

std::string token(std::string_view header, std::string_view claims,
                  std::string_view signature = good_signature) {
    return base64url_of(header) + "." + base64url_of(claims) + "." + std::string(signature);
}

TEST_CASE("the first thing wrong with a JWT is named") {
    const std::string h = base64url_of(hs256);
    const std::string p = base64url_of(R"({"iss":"x"})");
    const std::string s = good_signature;
    const std::string none = base64url_of(R"({"alg":"NoNe"})");
    struct {
        const char* given;
        std::string token;
        JwtFlaw flaw;
        int segment;
    } const rows[] = {
        {"a whole token", h + "." + p + "." + s, JwtFlaw::none, 0},
        {"one part", h, JwtFlaw::segment_count, 0},
        {"one part, cut in its first name", "eyJhb", JwtFlaw::segment_count, 0},
        {"one part, cut behind it", h.substr(0, h.size() - 3), JwtFlaw::segment_count, 0},
        {"two parts", h + "." + p, JwtFlaw::segment_count, 0},
        {"four parts", h + "." + p + "." + s + ".", JwtFlaw::segment_count, 0},
        {"many parts", h + std::string(5000, '.'), JwtFlaw::segment_count, 0},
        {"five parts without enc", h + "." + p + ".a.b.c", JwtFlaw::segment_count, 0},
        {"dots", "...", JwtFlaw::segment_count, 0},
        {"an empty payload", h + ".." + s, JwtFlaw::json_invalid, 2},
        {"a header that is an array", "W10." + p + "." + s, JwtFlaw::json_invalid, 1},
        {"a header that is text", "aGVsbG8." + p + "." + s, JwtFlaw::json_invalid, 1},
        {"a payload that is a number", h + ".MTI." + s, JwtFlaw::json_invalid, 2},
        {"a payload cut in its JSON", h + "." + base64url_of(R"({"exp":)") + "." + s,
         JwtFlaw::json_invalid, 2},
        {"two JSON values", h + "." + base64url_of("{}{}") + "." + s, JwtFlaw::json_invalid, 2},
        {"NaN", h + "." + base64url_of(R"({"exp":NaN})") + "." + s, JwtFlaw::json_invalid, 2},
        {"a foreign octet", h + ".ey*" + p.substr(3) + "." + s, JwtFlaw::base64_invalid, 2},
        {"a payload cut in a group", h + ".eyJpc." + s, JwtFlaw::base64_invalid, 2},
        {"padding where none is due", h + "=." + base64url_of("{}") + "." + s,
         JwtFlaw::base64_standard, 1},
        {"padding", h + "." + base64url_of("{}") + "=." + s, JwtFlaw::base64_standard, 2},
        {"the standard alphabet in the signature", h + "." + p + "." + s.substr(1) + "+",
         JwtFlaw::base64_standard, 3},
        {"no alg", token(R"({"typ":"JWT"})", "{}"), JwtFlaw::alg_missing, 1},
        {"alg that is a number", token(R"({"alg":5})", "{}"), JwtFlaw::alg_missing, 1},
        {"alg none", none + "." + p + ".", JwtFlaw::alg_none, 3},
        {"alg none and a signature", none + "." + p + "." + s, JwtFlaw::alg_none, 1},
        {"no signature", h + "." + p + ".", JwtFlaw::alg_none, 3},
        {"a signature too short", h + "." + p + "." + s.substr(3), JwtFlaw::truncated, 3},
        {"a signature cut in a group", h + "." + p + "." + s.substr(2), JwtFlaw::truncated, 3},
        {"a signature of no base64", h + "." + p + ".*" + s.substr(1), JwtFlaw::base64_invalid, 3},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        const auto jwt = parse_jwt(row.token);
        REQUIRE(jwt);
        CAPTURE(jwt->flaw_detail);
        CHECK(jwt->flaw == row.flaw);
        CHECK(jwt->flawed_segment == row.segment);
        CHECK(jwt->token == row.token);
    }
}

TEST_CASE("the octet at fault is counted within its part") {
    const auto jwt = parse_jwt(base64url_of(hs256) + ".eyJpc3M*." + good_signature);
    REQUIRE(jwt);
    CHECK(jwt->flaw_offset == 7);
}

TEST_CASE("tokens that are none of ours are left alone") {
    const std::string huge = base64url_of(hs256) + "." + std::string(20000, 'A') + ".AAAA";
    const std::string sealed =
        base64url_of(R"({"iv":"aaaa","value":"bbbb","mac":"cccc","tag":""})");
    for (const std::string_view other :
         {std::string_view(""), std::string_view("opaque-0123456789abcdef"),
          std::string_view("v2.local.QAxIpVe-ECVNI1z4xQbm_qQYomyT3h8FtV8bxkz8"),
          std::string_view("v4.public.eyJkYXRhIjoieCJ9AAAA"), std::string_view("a.b.c"),
          std::string_view("ghp_EXAMPLE"), std::string_view("nullable.token"),
          std::string_view(sealed), std::string_view("eyJpdiI6IkQiLCJ2YWx1ZSI6IkUifQ%3D%3D"),
          std::string_view(huge)}) {
        CAPTURE(other);
        CHECK_FALSE(parse_jwt(other));
    }
}

TEST_CASE("each algorithm has its signature lengths") {
    struct {
        std::string_view alg;
        std::size_t bytes;
        bool possible;
    } const rows[] = {
        {"HS256", 32, true},  {"HS384", 48, true},  {"HS512", 64, true},   {"HS256", 31, false},
        {"ES256", 64, true},  {"ES384", 96, true},  {"ES512", 132, true},  {"ES512", 131, false},
        {"EdDSA", 64, true},  {"EdDSA", 114, true}, {"EdDSA", 100, false}, {"RS256", 256, true},
        {"PS512", 512, true}, {"RS384", 384, true}, {"RS256", 255, false}, {"RS256", 2, false},
        {"RS1", 7, true},     {"X-OWN", 9, true},   {"Ed448", 114, true},
    };
    for (const auto& row : rows) {
        CAPTURE(row.alg);
        CAPTURE(row.bytes);
        const std::string header = R"({"alg":")" + std::string(row.alg) + "\"}";
        const auto jwt = parse_jwt(token(header, "{}", base64url_of(std::string(row.bytes, 'x'))));
        REQUIRE(jwt);
        CHECK(jwt->signature_bytes == row.bytes);
        CHECK((jwt->flaw == JwtFlaw::none) == row.possible);
    }
}

TEST_CASE("the claims that checks ask for are kept") {
    const auto jwt = parse_jwt(token(
        R"({"alg":"HS256","typ":"at+jwt","kid":"k1","crit":["b64"],"cty":"JWT","jwk":{"d":"x"}})",
        R"({"iss":"i","sub":"s","aud":["a",7,"b"],"exp":1.5e9,"nbf":"12","iat":1700000000,
            "auth_time":null,"scope":"read  write","permissions":["p"],"roles":["r"],"tid":"t",
            "azp":"z","client_id":"c","acr":"1","jti":"j","nonce":"n","at_hash":"h","c_hash":"h",
            "typ":"Bearer","token_use":"access","cnf":{"jkt":"thumb","x":[{"jkt":"no"}]},
            "htm":"GET","htu":"https://x","ath":"y","other":{"exp":1,"list":[1,[2]]}})"));
    REQUIRE(jwt);
    CHECK(jwt->flaw == JwtFlaw::none);
    CHECK(jwt->readable());
    CHECK(jwt->typ == "at+jwt");
    CHECK(jwt->kid == "k1");
    CHECK(jwt->cty == "JWT");
    CHECK(jwt->has_crit);
    CHECK(jwt->has_jwk);
    CHECK(jwt->jwk_private);
    CHECK(jwt->header_names.size() == 6);
    CHECK(jwt->iss == "i");
    CHECK(jwt->sub == "s");
    CHECK(jwt->aud == std::vector<std::string>{"a", "b"});
    CHECK(jwt->scopes == std::vector<std::string>{"read", "write", "p", "r"});
    CHECK(jwt->exp.value == 1.5e9);
    CHECK(jwt->nbf.kind == ClaimKind::not_a_number);
    CHECK(jwt->nbf.json_type == "string");
    CHECK(jwt->auth_time.json_type == "null");
    CHECK(jwt->iat.kind == ClaimKind::number);
    CHECK(jwt->typ_claim == "Bearer");
    CHECK(jwt->token_use == "access");
    CHECK(jwt->cnf_jkt == "thumb");
    CHECK(jwt->htm == "GET");
    CHECK(jwt->nonce == "n");
    CHECK((jwt->has_sub && jwt->has_nonce && jwt->has_at_hash && jwt->has_c_hash));
    CHECK(jwt->has_scope);
}

TEST_CASE("claims in unusual clothes are read all the same") {
    const auto claims = [](std::string_view text) {
        static std::string held;
        held = token(hs256, text);
        auto jwt = parse_jwt(held);
        REQUIRE(jwt);
        return *jwt;
    };
    CHECK(claims(R"({"\u0065xp":1})").exp.value == 1);
    CHECK(claims(R"({"sub":"a\u0000b"})").sub == std::string("a\0b", 3));
    CHECK(claims(R"({"exp":1,"exp":2})").exp.value == 2);
    CHECK(claims(R"({"aud":"x"})").aud == std::vector<std::string>{"x"});
    CHECK(claims(R"({"aud":5})").aud.empty());
    CHECK(claims(R"({"token_type":"Refresh"})").typ_claim == "Refresh");
    CHECK(claims(R"({"type":"refresh"})").typ_claim == "refresh");
    CHECK(claims(R"({"exp":9223372036854775808})").exp.kind == ClaimKind::number);
    CHECK(claims(R"({"exp":1700000000000})").exp.milliseconds());
    CHECK_FALSE(claims(R"({"exp":1700000000})").exp.milliseconds());
    CHECK(claims(R"({"exp":true})").exp.json_type == "boolean");
    CHECK(claims(R"({"exp":{}})").exp.json_type == "object");
    CHECK(claims(R"({"exp":[]})").exp.json_type == "array");
    CHECK(claims("{}").exp.kind == ClaimKind::absent);
    CHECK(claims(R"({"scp":["a","b c"]})").scopes.size() == 2);
}

TEST_CASE("depth, and octets that are no text, are bounded") {
    const auto nested = [](int depth) {
        return R"({"a":)" + std::string(static_cast<std::size_t>(depth), '[') + "1" +
               std::string(static_cast<std::size_t>(depth), ']') + "}";
    };
    CHECK(parse_jwt(token(hs256, nested(15)))->flaw == JwtFlaw::none);
    CHECK(parse_jwt(token(hs256, nested(16)))->flaw == JwtFlaw::json_invalid);
    CHECK(parse_jwt(token(hs256, nested(3000)))->flaw_detail == "nested deeper than 16 levels");
    CHECK(parse_jwt(token(hs256, "{\"sub\":\"\xFF\"}"))->flaw == JwtFlaw::json_invalid);
    CHECK(parse_jwt(token(hs256, "\xEF\xBB\xBF{}"))->flaw == JwtFlaw::json_invalid);
}

TEST_CASE("a JWE is known by its five parts and enc") {
    const std::string text =
        base64url_of(R"({"alg":"dir","enc":"A256GCM","iss":"https://t/"})") + "..AAAA.AAAA.AAAA";
    const auto jwt = parse_jwt(text);
    REQUIRE(jwt);
    CHECK(jwt->encrypted);
    CHECK(jwt->flaw == JwtFlaw::none);
    CHECK(jwt->alg == "dir");
    CHECK(jwt->enc == "A256GCM");
    CHECK(jwt->iss == "https://t/");
    CHECK_FALSE(jwt->readable());
}

}  // namespace
}  // namespace whogoes::rules
