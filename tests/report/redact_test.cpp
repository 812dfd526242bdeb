#include "proxy/report/redact.hpp"

#include "report/given.hpp"

#include <doctest/doctest.h>

#include <string>

namespace whogoes::report {
namespace {

TEST_CASE("a method that reads like none is not logged") {
    for (const char* method : {"GET", "M-SEARCH", "VERSION-CONTROL", "get", "BASELINE-CONTROL"})
        CHECK(logged_method(method) == method);
    for (const char* method : {"a1b2c3d4e5", "AAAAAAAAAAAAAAAAAAAAAAAAA", "x_y", "p4ss"})
        CHECK(logged_method(method) == redacted);
}

TEST_CASE("a value looks like a credential by its shape, not by its place") {
    struct {
        std::string_view given;
        bool credential;
    } const cases[] = {
        {fake_jwt, true},
        {"ghp_exampleexampleexample", true},
        {"glpat-notarealtokenatall", true},
        {"AKIAIOSFODNN7EXAMPLE", true},
        {"Qm9iIHRoZSBidWlsZGVyIGJ1aWxkcyBhIGhvdXNl", true},
        {"9f86d081884c7d659a2feaa0c55ad015", true},
        {"MZXW6YTBOI3DKNBRGEZDGNBVGY3TQOJQ", true},
        {"550e8400-e29b-41d4-a716-446655440000", false},  // names resources everywhere
        {"507f1f77bcf86cd799439011", false},
        {"how-to-build-a-reverse-proxy-in-an-afternoon", false},
        {"getUserAccountSettingsByOrganizationIdentifier", false},
        {"/.well-known/oauth-protected-resource/v1/items", false},
        {"12345678901234567890123456789012", false},
        {"undefined", false},
        {"", false},
    };
    for (const auto& row : cases) {
        CAPTURE(row.given);
        CHECK(looks_like_credential(row.given) == row.credential);
    }
}

TEST_CASE("a query keeps its keys and loses its secrets") {
    struct {
        std::string given;
        std::string written;
    } const cases[] = {
        {"", ""},
        {"page=2&access_token=abc", "page=2&access_token=REDACTED"},
        {"Access_Token=abc&CODE=1&state=x", "Access_Token=REDACTED&CODE=REDACTED&state=REDACTED"},
        {"access%5Ftoken=abc", "access%5Ftoken=REDACTED"},
        {"X-Amz-Signature=ab&X-Amz-Date=1", "X-Amz-Signature=REDACTED&X-Amz-Date=1"},
        {"AWSAccessKeyId=a&Signature=b&sig=c",
         "AWSAccessKeyId=REDACTED&Signature=REDACTED&sig=REDACTED"},
        {"SAMLResponse=abc&client_secret=", "SAMLResponse=REDACTED&client_secret="},
        {"q=" + std::string(fake_jwt), "q=REDACTED"},
        {"q=%65yJhbGciOiJSUzI1NiJ9.eyJ", "q=REDACTED"},
        {std::string(fake_jwt), "REDACTED"},
        {"next=https%3A%2F%2Fapp%2Fcb%3Fcode%3Dabc", "next=REDACTED"},
        {"next=https%3A%2F%2Fapp%2Flist%3Fpage%3D2", "next=https%3A%2F%2Fapp%2Flist%3Fpage%3D2"},
        {"a=1;token=x", "a=REDACTED"},
        {"u=https://joe:pw@host/", "u=REDACTED"},
        {"sort=name&&x", "sort=name&&x"},
        {"%zz=1&password=p%zz", "%zz=1&password=REDACTED"},
    };
    for (const auto& row : cases) {
        CAPTURE(row.given);
        CHECK(redacted_query(row.given) == row.written);
    }
}

TEST_CASE("a query loses what a system takes a credential in, and keeps a page's number") {
    CHECK(redacted_query("consumer_key=ab12cd34&p=2") == "consumer_key=REDACTED&p=2");
    CHECK(redacted_query("u=ann&p=tea") == "u=ann&p=REDACTED");
    CHECK(redacted_query("u=ann&p=2") == "u=ann&p=2");
}

TEST_CASE("a path loses the segments that are credentials") {
    struct {
        std::string given;
        std::string written;
    } const cases[] = {
        {"/v1/orders/17", "/v1/orders/17"},
        {"/v1/orders/550e8400-e29b-41d4-a716-446655440000",
         "/v1/orders/550e8400-e29b-41d4-a716-446655440000"},
        {"/hook/" + std::string(fake_jwt) + "/x", "/hook/REDACTED/x"},
        {"/hook/ghp_exampleexampleexample", "/hook/REDACTED"},
        {"/reset-password/a1b2c3d4e5f6", "/reset-password/REDACTED"},
        {"/cart;jsessionid=0A1B2C3D/items", "/cart;jsessionid=REDACTED/items"},
        {"/%65yJhbGciOiJSUzI1NiJ9.eyJzdWI", "/REDACTED"},
        {"/fetch/https:%2F%2Fjoe:secret@host", "/fetch/REDACTED"},
        {"/@joe/posts", "/@joe/posts"},
        {"/verify/550e8400-e29b-41d4-a716-446655440000", "/verify/REDACTED"},
        {"*", "*"},
    };
    for (const auto& row : cases) {
        CAPTURE(row.given);
        CHECK(redacted_path(row.given) == row.written);
    }
}

TEST_CASE("URLs within a text are redacted, the text around them is not") {
    struct {
        std::string given;
        std::string written;
    } const cases[] = {
        {"redirected from http://a.example/x?code=abc to /y",
         "redirected from http://a.example/x?code=REDACTED to /y"},
        {"(/v1/x;jsessionid=0A1B?page=2)", "(/v1/x;jsessionid=REDACTED?page=2)"},
        {"to https://a.example/cb#access_token=abc&x=1",
         "to https://a.example/cb#access_token=REDACTED&x=1"},
        {"http://joe:pw@a.example/x", "http://REDACTED/x"},
        {"code=1 and/or state=2", "code=1 and/or state=2"},
        {"/", "/"},
        {"", ""},
    };
    for (const auto& row : cases) {
        CAPTURE(row.given);
        std::string text = row.given;
        mask_urls(text);
        CHECK(text == row.written);
    }
}

TEST_CASE("of a URL in a field only the origin is left") {
    CHECK(origin_of("https://id.example:8443/login?code=abc#x") == "https://id.example:8443");
    CHECK(origin_of("HTTP://joe:pw@id.example/a") == "http://id.example");
    CHECK(origin_of("/login?next=/x").empty());
    CHECK(origin_of("javascript:alert(1)").empty());
}

TEST_CASE("a challenge keeps its words and loses tokens") {
    CHECK(redacted_challenge("Bearer realm=\"api\", error=\"invalid_token\"") ==
          "Bearer realm=\"api\", error=\"invalid_token\"");
    CHECK(redacted_challenge("Negotiate oYG2MIGzoAMKAQ==") == "Negotiate REDACTED");
    CHECK(redacted_challenge("NTLM TlRMTVNTUAAC, Negotiate YII=, Basic realm=\"x\"") ==
          "NTLM REDACTED, Negotiate REDACTED, Basic realm=\"x\"");
    CHECK(redacted_challenge("Negotiate") == "Negotiate");
    CHECK(redacted_challenge("Bearer error_description=\"bad " + std::string(fake_jwt) + "\"") ==
          "Bearer error_description=\"bad REDACTED\"");
    CHECK(redacted_challenge("Bearer realm=\"x\", resource_metadata=\"https://api.example.test/"
                             ".well-known/oauth-protected-resource/v1/items\"") ==
          "Bearer realm=\"x\", resource_metadata=\"https://api.example.test/"
          ".well-known/oauth-protected-resource/v1/items\"");
}

TEST_CASE("identifiers that may be logged survive the search for shapes, tokens never do") {
    const std::string kid = "NjVBRjY5MDlCMUIwNzU4RTA2QzZFMDQ4QzQ2MDAyQjVDNjk1RTM2Qg";
    const std::string_view kept[] = {kid, fake_jwt};
    std::string text = "kid " + kid + " is unknown";
    mask_shapes(text, kept);
    CHECK(text == "kid " + kid + " is unknown");
    mask_shapes(text, {});
    CHECK(text == "kid REDACTED is unknown");
    text = "got " + std::string(fake_jwt);
    mask_shapes(text, kept);
    CHECK(text == "got REDACTED");
}

TEST_CASE("a text loses every run of seven octets that it shares with a secret") {
    Secrets secrets;
    secrets.add("Zq8-canary-7Hk2");
    struct {
        std::string given;
        std::string written;
    } const cases[] = {
        {"token Zq8-canary-7Hk2 refused", "token REDACTED refused"},
        {"token canary-7Hk refused", "token REDACTED refused"},
        {"starts with Zq8-can...", "starts with REDACTED..."},
        {"has nary-7", "has nary-7"},
        {"Zq8-canary-7Hk2Zq8-canary-7Hk2", "REDACTEDREDACTED"},
        {"nothing", "nothing"},
    };
    for (const auto& row : cases) {
        CAPTURE(row.given);
        std::string text = row.given;
        secrets.mask(text);
        CHECK(text == row.written);
    }
}

TEST_CASE("a secret is masked in whatever way it is escaped, and what stands around it is left") {
    Secrets secrets;
    secrets.add("Zq8+can/ary=7\"Hk2&x<y");
    struct {
        std::string given;
        std::string written;
    } const cases[] = {
        {"50%20 token=Zq8%2Bcan%2Fary%3D7%22Hk2%26x%3Cy&page=2", "50%20 token=REDACTED&page=2"},
        {"token=Zq8%2bcan%2fary%3d7%22Hk2%26x%3cy", "token=REDACTED"},
        {"next=%2Fcb%3Ft%3DZq8%252Bcan%252Fary%253D7%2522Hk2", "next=%2Fcb%3Ft%3DREDACTED"},
        {"%5a%71%38%2b%63%61%6e%2f%61%72%79%3d%37", "REDACTED"},
        {"<b>Zq8+can/ary=7&quot;Hk2&amp;x&lt;y</b>", "<b>REDACTED</b>"},
        {"<b>Zq8&#43;can&#x2F;ary&#x3d;7&#34;Hk2&#38;x&#60;y</b>", "<b>REDACTED</b>"},
        {R"("Zq8+can\/ary=7\"Hk2&x<y")", R"("REDACTED")"},
        {R"("Zq8\u002bcan\u002Fary\u003d7\"Hk2\u0026x\x3cy")", R"("REDACTED")"},
        {R"(\"Zq8+can\\/ary=7\\\"Hk2&x<y\")", R"(\"REDACTED\")"},
        {R"(100% of &nothing; \d \u12 &#; %zz %)", R"(100% of &nothing; \d \u12 &#; %zz %)"},
    };
    for (const auto& row : cases) {
        CAPTURE(row.given);
        std::string text = row.given;
        secrets.mask(text);
        CHECK(text == row.written);
    }
}

TEST_CASE("words that we wrote are not masked because they are somebody's password") {
    Secrets secrets;
    secrets.add("password");
    std::string text = "wrong user name or password";
    secrets.mask(text);
    CHECK(text == "wrong user name or password");
}

TEST_CASE("a text made to collide with a secret is given up rather than searched for ever") {
    std::string secret, text;
    for (int i = 0; i < 4000; ++i) secret += "aaaab";
    for (int i = 0; i < 4000; ++i) text += "aaaac";
    Secrets secrets;
    secrets.add(secret);
    secrets.mask(text);
    CHECK(text == "REDACTED");
}

TEST_CASE("field names say which values may be written down") {
    for (const char* name : {"Accept", "content-type", "Origin", "Sec-Fetch-Mode", "Cache-Control",
                             "Access-Control-Allow-Origin", "Location"}) {
        CAPTURE(name);
        CHECK(is_logged_field(name));
    }
    for (const char* name : {"Authorization", "Cookie", "X-Api-Key", "Referer", "X-Custom",
                             "Set-Cookie", "DPoP", "WWW-Authenticate"}) {
        CAPTURE(name);
        CHECK_FALSE(is_logged_field(name));
    }
    CHECK(is_secret_field("X-CSRF-Token"));
    CHECK(is_secret_field("x-goog-api-key"));
    CHECK(is_secret_field("Proxy-Authorization"));
    CHECK_FALSE(is_secret_field("Accept-Language"));
}

}  // namespace
}  // namespace whogoes::report
