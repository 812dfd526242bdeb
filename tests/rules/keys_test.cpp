#include "rules/keys.hpp"

#include "rules/text.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

namespace whogoes::rules {
namespace {

namespace json = boost::json;

json::value read_vectors(const std::string& name) {
    const std::string path =
        std::string(WHOGOES_SOURCE_DIR) + "/tests/rules/wycheproof/" + name + ".json";
    std::ifstream file(path, std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    return json::parse(text);
}

struct Excuse {
    std::string_view file;
    int id;
    std::string_view reason;
};

// Where our verdict differs from Wycheproof's, and why that is right here.
constexpr Excuse excuses[] = {
    {"json_web_signature_test", 346, "the key says PS256, the token PS384: RFC 8725, 3.1"},
    {"json_web_signature_test", 350, "the key says PS256, the token PS384: RFC 8725, 3.1"},
    {"json_web_signature_test", 367, "octet for octet test 357, which is valid"},
    {"json_web_signature_test", 370, "octet for octet test 357, which is valid"},
    {"json_web_signature_test", 372, "a question mark inside the header: RFC 7515, 5.2"},
    {"json_web_signature_test", 373, "a question mark inside the payload: RFC 7515, 5.2"},
    {"json_web_key_test", 1, "a set of mixed kinds is allowed; each key has its own algorithm"},
    {"json_web_key_test", 4, "RFC 7517, 4.5 only advises against two keys of one kid"},
    {"json_web_key_test", 7, "ROCA: we explain a refusal, we do not audit the issuer's key"},
};

bool is_excused(std::string_view file, std::int64_t id) {
    return std::any_of(std::begin(excuses), std::end(excuses), [&](const Excuse& excuse) {
        return excuse.file == file && excuse.id == id;
    });
}

bool verifies(const json::value& key, std::string_view token) {
    const auto keys = KeySet::from_jwks(json::serialize(key));
    const std::optional<Jwt> jwt = parse_jwt(token);
    return keys && jwt && keys->verify(*jwt) == Signature::verified;
}

// How many verdicts were looked at; a wrong one, or an excuse that is not needed, fails.
int judge(std::string_view file) {
    int judged = 0;
    const json::value vectors = read_vectors(std::string(file));
    for (const json::value& group : vectors.at("testGroups").as_array()) {
        const json::object& fields = group.as_object();
        const json::value& key =
            fields.contains("public") ? fields.at("public") : fields.at("private");
        for (const json::value& test : fields.at("tests").as_array()) {
            if (!test.at("jws").is_string()) continue;
            const std::string_view result = test.at("result").as_string();
            const std::int64_t id = test.at("tcId").as_int64();
            CAPTURE(file);
            CAPTURE(id);
            CAPTURE(std::string(test.at("comment").as_string()));
            if (result == "acceptable") continue;
            const bool right = verifies(key, test.at("jws").as_string()) == (result == "valid");
            CHECK(right != is_excused(file, id));
            ++judged;
        }
    }
    return judged;
}

TEST_CASE("signatures are judged as Wycheproof judges them") {
    CHECK(judge("json_web_signature_test") == 401);
    CHECK(judge("json_web_key_test") == 26);
}

constexpr std::string_view secret = "tests-only-hmac-secret-0123456789";

std::string token_with(std::string_view header, std::string_view signature = "AAAA") {
    return base64url_of(header) + "." + base64url_of(R"({"iss":"x"})") + "." +
           std::string(signature);
}

std::string signed_with(std::string_view key, std::string_view header) {
    const std::string token = token_with(header, "");
    std::string mac(32, '\0');
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(token.data()), token.size() - 1,
         reinterpret_cast<unsigned char*>(mac.data()), nullptr);
    return token + base64url_of(mac);
}

KeySet keys_of(std::string_view jwks) {
    auto keys = KeySet::from_jwks(jwks);
    REQUIRE(keys.has_value());
    return std::move(*keys);
}

constexpr std::string_view one_of_each = R"({"keys":[
  {"kty":"oct","kid":"mac","alg":"HS256","k":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"},
  {"kty":"OKP","crv":"Ed25519","kid":"ed","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
  {"kty":"OKP","crv":"X25519","kid":"agreement","use":"enc","x":"AAAA"}]})";

TEST_CASE("a verdict says why a signature was not verified") {
    const KeySet keys = keys_of(one_of_each);
    struct {
        const char* given;
        std::string header;
        Signature verdict;
    } const rows[] = {
        {"a wrong signature", R"({"alg":"HS256","kid":"mac"})", Signature::invalid},
        {"no kid, and a key that fits", R"({"alg":"HS256"})", Signature::invalid},
        {"a kid of nobody", R"({"alg":"HS256","kid":"other"})", Signature::unknown_kid},
        {"a kid and an alg of different keys", R"({"alg":"HS256","kid":"ed"})",
         Signature::algorithm_mismatch},
        {"an alg of no key", R"({"alg":"RS256"})", Signature::algorithm_mismatch},
        {"a key that is for encryption", R"({"alg":"EdDSA","kid":"agreement"})",
         Signature::algorithm_mismatch},
        {"alg none", R"({"alg":"none"})", Signature::algorithm_mismatch},
        {"crit", R"({"alg":"HS256","kid":"mac","crit":["b64"],"b64":false})",
         Signature::not_checked},
        {"no alg", R"({"kid":"mac"})", Signature::not_checked},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        const std::string token = token_with(row.header);
        const auto jwt = parse_jwt(token);
        REQUIRE(jwt);
        CHECK(keys.verify(*jwt) == row.verdict);
        CHECK(KeySet().verify(*jwt) == Signature::not_checked);
    }
}

TEST_CASE("Ed25519 verifies the example of RFC 8037, A.4") {
    const KeySet keys = keys_of(one_of_each);
    const std::string token =
        "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    const auto jwt = parse_jwt(token);
    REQUIRE(jwt);
    CHECK(jwt->flaw == JwtFlaw::json_invalid);  // its payload is prose
    CHECK(keys.verify(*jwt) == Signature::verified);
}

TEST_CASE("a configured secret fits any kid, however short it is") {
    for (const std::string_view key : {std::string_view("s"), secret}) {
        const std::string token = signed_with(key, R"({"alg":"HS256","kid":"k"})");
        const auto jwt = parse_jwt(token);
        REQUIRE(jwt);
        CHECK(KeySet::from_hmac_secret(key).verify(*jwt) == Signature::verified);
        CHECK(KeySet::from_hmac_secret("another").verify(*jwt) == Signature::invalid);
    }
    CHECK(KeySet::from_hmac_secret("").empty());
    CHECK(KeySet::from_hmac_secret(secret).algorithms().size() == 3);
}

TEST_CASE("a key set that cannot be used is refused in words") {
    struct {
        std::string_view text, words;
    } const rows[] = {
        {"", "not JSON"},
        {"[]", "not an object"},
        {R"({"keys":{}})", "not an array"},
        {R"({"keys":[]})", "holds no key"},
        {R"({"keys":[7]})", "key 1 is not an object"},
        {R"({"keys":[{"kid":"a"}]})", "key 1 (kid \"a\"): has no \"kty\""},
        {R"({"kty":"oct","alg":"HS256","k":"c2hvcnQ"})", "secret of 5 bytes is shorter"},
        {R"({"kty":"oct","k":"c2hv+nQ"})", "\"k\" is not base64url"},
        {R"({"kty":"RSA","n":"AQAB","e":"AQAB"})", "RSA modulus of 17 bits"},
        {R"({"kty":"RSA","e":"AQAB"})", "has no \"n\""},
        {R"({"kty":"EC","crv":"P-256","x":"AQ","y":"AQ"})", "is no point of P-256"},
        {R"({"kty":"EC","crv":"secp256k1","x":"AQ","y":"AQ"})", "no key of the set verifies"},
        {R"({"kty":"OKP","crv":"Ed25519","x":"AQ"})", "is no key of Ed25519"},
        {R"({"kty":"oct","use":"enc","k":"AAAA"})", "no key of the set verifies"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.text);
        const auto keys = KeySet::from_jwks(row.text);
        REQUIRE(keys.has_error());
        CAPTURE(keys.error());
        CHECK(keys.error().find(row.words) != std::string::npos);
    }
}

TEST_CASE("one bad key does not spoil the others, and is named") {
    const KeySet keys = keys_of(R"({"keys":[
        {"kty":"RSA","kid":"weak","n":"AQAB","e":"AQAB"},
        {"kty":"oct","kid":"mac","k":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}]})");
    CHECK(keys.kids() == std::vector<std::string>{"mac"});
    CHECK(keys.algorithms() == std::vector<std::string>{"HS256"});
    REQUIRE(keys.refused().size() == 1);
    CHECK(keys.refused().front().find("kid \"weak\"") != std::string::npos);
}

}  // namespace
}  // namespace whogoes::rules
