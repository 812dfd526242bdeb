#include "rules/exchange.hpp"

#include "rules/cookies.hpp"
#include "rules/fingerprint.hpp"
#include "rules/http_date.hpp"
#include "rules/text.hpp"

#include <doctest/doctest.h>

#include <string>

namespace whogoes::rules {
namespace {

using std::chrono::seconds;

const std::string jwt_text = base64url_of(R"({"alg":"HS256"})") + "." +
                             base64url_of(R"({"iss":"x"})") + "." + std::string(43, 'A');

Exchange with_authorization(std::string_view value) {
    Exchange exchange;
    exchange.request.fields.add("authorization", value);
    exchange.response.status = 401;
    exchange.read();
    return exchange;
}

TEST_CASE("a JWT is found wherever a token may stand") {
    struct {
        std::string prefix;
        bool found;
    } const rows[] = {
        {"Bearer ", true}, {"DPoP ", true},   {"Token ", true},   {"JWT ", true},   {"", true},
        {"Own ", true},    {"Basic ", false}, {"Digest ", false}, {"NTLM ", false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.prefix);
        const std::string value = row.prefix + jwt_text;
        CHECK(with_authorization(value).jwt.has_value() == row.found);
    }
}

TEST_CASE("an exchange is read anew each time") {
    Exchange exchange = with_authorization("Bearer " + std::string("abc"));
    CHECK(exchange.expected != nullptr);
    CHECK(exchange.credentials.size() == 1);
    CHECK(exchange.challenges.absent());
    CHECK_FALSE(exchange.upstream_date);

    exchange.request.fields.clear();
    exchange.request.method = "OPTIONS";
    exchange.request.fields.add("Origin", "http://a");
    exchange.request.fields.add("Access-Control-Request-Method", "GET");
    exchange.response.fields.add("WWW-Authenticate", "Basic realm=\"a\"");
    exchange.response.fields.add("www-authenticate", "Bearer");
    exchange.response.fields.add("Proxy-Authenticate", "NTLM");
    exchange.response.fields.add("Date", "Sun, 06 Nov 1994 08:49:37 GMT");
    exchange.read();
    CHECK(exchange.credentials.empty());
    CHECK(exchange.preflight);
    CHECK(exchange.challenges.challenges.size() == 2);
    CHECK(exchange.proxy_challenges.offers("ntlm"));
    REQUIRE(exchange.upstream_date);
    CHECK(*exchange.upstream_date == TimePoint(seconds(784111777)));
}

TEST_CASE("a script is known by what fetch and XMLHttpRequest send") {
    struct {
        std::string_view mode, dest, requested_with;
        bool script;
    } const rows[] = {
        {"cors", "empty", "", true},         {"same-origin", "empty", "", true},
        {"navigate", "document", "", false}, {"no-cors", "image", "", false},
        {"", "", "XMLHttpRequest", true},    {"", "", "", false},
        {"navigate", "empty", "", false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.mode);
        Exchange exchange;
        if (!row.mode.empty()) exchange.request.fields.add("Sec-Fetch-Mode", row.mode);
        if (!row.dest.empty()) exchange.request.fields.add("Sec-Fetch-Dest", row.dest);
        if (!row.requested_with.empty())
            exchange.request.fields.add("X-Requested-With", row.requested_with);
        exchange.read();
        CHECK(exchange.script == row.script);
    }
}

TEST_CASE("HTTP dates are read in their three forms") {
    const TimePoint now(seconds(1790000000));
    const TimePoint then(seconds(784111777));
    for (const std::string_view text :
         {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
          "Sun Nov  6 08:49:37 1994"}) {
        CAPTURE(text);
        CHECK(parse_http_date(text, now) == then);
    }
    for (const std::string_view text :
         {"", "now", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 31 Feb 1994 08:49:37 GMT",
          "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
          "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 0x Nov 1994 08:49:37 GMT", "784111777"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_http_date(text, now));
    }
    // 26 is this year; 77 would be more than fifty years ahead.
    CHECK(parse_http_date("Monday, 21-Sep-26 14:13:20 GMT", now) == now);
    CHECK(*parse_http_date("Monday, 21-Sep-77 14:13:20 GMT", now) < then);
}

TEST_CASE("cookie dates are read as loosely as browsers do") {
    CHECK(parse_cookie_date("Thu, 01-Jan-1970 00:00:00 GMT") == TimePoint(seconds(0)));
    CHECK(parse_cookie_date("Sun Nov  6 08:49:37 1994") == TimePoint(seconds(784111777)));
    CHECK(parse_cookie_date("6 nov 94 8:49:37") == TimePoint(seconds(784111777)));
    CHECK_FALSE(parse_cookie_date("soon"));
    CHECK_FALSE(parse_cookie_date("1 Jan 1600 00:00:00"));
}

TEST_CASE("a Set-Cookie line is judged for the origin it was given at") {
    struct {
        std::string_view line, origin;
        std::vector<CookieFlaw> flaws;
    } const rows[] = {
        {"sid=1; Path=/", "http://localhost:1", {}},
        {"sid=1; Secure", "http://localhost:1", {}},
        {"sid=1; Secure", "http://127.0.0.1", {}},
        {"sid=1; Secure", "http://[::1]:80", {}},
        {"sid=1; Secure", "http://dev.lan", {CookieFlaw::secure_over_http}},
        {"sid=1; Secure", "https://dev.lan", {}},
        {"sid=1; SameSite=None", "https://dev.lan", {CookieFlaw::same_site_insecure}},
        {"sid=1; SameSite=none; secure", "https://dev.lan", {}},
        {"sid=1; Domain=api.example.test", "http://localhost", {CookieFlaw::domain_mismatch}},
        {"sid=1; Domain=.dev.test", "http://app.dev.test", {}},
        {"sid=1; Domain=dev.test", "http://dev.test", {}},
        {"sid=1; Domain=v.test", "http://dev.test", {CookieFlaw::domain_mismatch}},
        {"sid=1; Domain=test", "http://dev.test", {CookieFlaw::domain_mismatch}},
        {"sid=1; Domain=localhost", "http://localhost", {}},
        {"sid=1; Domain=0.0.1", "http://127.0.0.1", {CookieFlaw::domain_mismatch}},
        {"__Host-sid=1; Secure; Path=/", "https://x.test", {}},
        {"__host-sid=1; Secure; Path=/a", "https://x.test", {CookieFlaw::prefix}},
        {"__Host-sid=1; Secure; Path=/; Domain=x.test", "https://x.test", {CookieFlaw::prefix}},
        {"__Secure-sid=1", "https://x.test", {CookieFlaw::prefix}},
    };
    for (const auto& row : rows) {
        CAPTURE(row.line);
        CAPTURE(row.origin);
        const auto cookie = parse_set_cookie(row.line, {});
        REQUIRE(cookie);
        CHECK(storage_flaws(*cookie, cookie_origin(row.origin)) == row.flaws);
    }
}

TEST_CASE("a cookie that is taken back is no cookie set") {
    const TimePoint now(seconds(1790000000));
    CHECK(parse_set_cookie("a=; Max-Age=0", now)->removed);
    CHECK(parse_set_cookie("a=; Max-Age=-5", now)->removed);
    CHECK(parse_set_cookie("a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT", now)->removed);
    CHECK_FALSE(
        parse_set_cookie("a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", now)->removed);
    CHECK_FALSE(parse_set_cookie("a=1; Max-Age=soon", now)->removed);
    CHECK_FALSE(parse_set_cookie("; Path=/", now));
}

TEST_CASE("cookie paths and names follow RFC 6265bis") {
    CHECK(path_matches("/a/b", "/a"));
    CHECK(path_matches("/a/b", "/a/"));
    CHECK_FALSE(path_matches("/ab", "/a"));
    CHECK(default_path("/a/b") == "/a");
    CHECK(default_path("/a") == "/");
    CHECK(cookie_names("a=1; b=2;c; =d; ;") ==
          std::vector<std::string_view>{"a", "b", "", ""});  // what has no name is a value
    CHECK(cookie_value("a=1; b=2", "b") == "2");
    CHECK_FALSE(cookie_value("a=1", "A"));
}

TEST_CASE("a fingerprint depends on its key, and not on the scheme's case") {
    FingerprintKey key{};
    Fingerprinter one(key);
    key[0] = 1;
    Fingerprinter other(key);
    // HMAC-SHA-256 with 32 zero octets over "bearer", a zero octet and "abc".
    CHECK(one.token("Bearer", "abc") == "tk_bfad93eaf0d7");
    CHECK(one.token("BEARER", "abc") == one.token("bearer", "abc"));
    CHECK(one.token("bearer", "abc") != other.token("bearer", "abc"));
    CHECK(one.token("bearer", "abc") != one.token("basic", "abc"));
    CHECK(one.user("ann").starts_with("us_"));
    CHECK(one.user("ann").size() == 15);
}

}  // namespace
}  // namespace whogoes::rules
