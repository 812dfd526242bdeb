#include "rules/local_cookie.hpp"

#include <doctest/doctest.h>

#include <string>

namespace whogoes::rules {
namespace {

const CookieOrigin local{"http", "localhost"};

struct Row {
    const char* given;
    CookieOrigin origin;
    bool cross_site;
    const char* sent;
    const char* kept;  // empty: as it was sent
};

const Row rows[] = {
    {"fits", local, false, "sid=1; Path=/; HttpOnly; SameSite=Lax", ""},
    {"foreign domain", local, false, "sid=1; Domain=api.example; Path=/", "sid=1; Path=/"},
    {"own domain", local, false, "sid=1; Domain=localhost", ""},
    {"parent domain", {"http", "api.dev.test"}, false, "sid=1; domain=.dev.test", ""},
    {"Secure over http", local, false, "sid=1;Secure;Path=/", "sid=1;Path=/"},
    {"Secure over https", {"https", "localhost"}, false, "sid=1; Secure; SameSite=None", ""},
    {"Secure and SameSite=None", local, false, "sid=1; SameSite=None; Secure",
     "sid=1; SameSite=Lax"},
    {"SameSite=None alone", local, false, "sid=1; samesite=none", "sid=1; SameSite=Lax"},
    {"SameSite=None alone over https",
     {"https", "localhost"},
     false,
     "sid=1; SameSite=None",
     "sid=1; SameSite=Lax"},
    {"partitioned", local, false, "sid=1; Secure; Partitioned; Path=/a", "sid=1; Path=/a"},
    {"another site on a loopback name", local, true, "sid=1; SameSite=None; Secure", ""},
    {"another site, foreign domain", local, true, "sid=1; Domain=a.b; SameSite=None; Secure",
     "sid=1; SameSite=None; Secure"},
    {"another site, not loopback",
     {"http", "10.0.0.7"},
     true,
     "sid=1; SameSite=None; Secure",
     "sid=1; SameSite=Lax"},
    {"__Host-", local, false, "__Host-sid=1; Secure; Path=/", ""},
    {"__Host- with a domain", local, false, "__Host-sid=1; Secure; Path=/; Domain=localhost",
     "__Host-sid=1; Secure; Path=/"},
    {"__Secure- with a foreign domain", local, false, "__secure-a=1; Secure; Domain=a.example",
     "__secure-a=1; Secure"},
    {"a value like an attribute", local, false, "Secure=Domain; Secure", "Secure=Domain"},
    {"an attribute without a name", local, false, "a=1; =Secure; Path=/", "a=1; Path=/"},
    {"no cookie", local, false, "; Secure", ""},
};

TEST_CASE("a cookie is changed as far as a browser here needs it, and no further") {
    for (const Row& row : rows) {
        CAPTURE(std::string(row.given));
        const auto cookie = localized(row.sent, row.origin, row.cross_site);
        CHECK((cookie ? cookie->value : std::string()) == row.kept);
        if (!cookie) continue;
        CHECK(cookie->words.starts_with("the cookie "));
        // And then a browser keeps it.
        const auto parsed = parse_set_cookie(cookie->value, {});
        REQUIRE(parsed);
        CHECK(storage_flaws(*parsed, row.origin).empty());
    }
}

TEST_CASE("what was changed is told with the name and without the value") {
    const auto cookie =
        localized("sid=hunter2secret; Domain=api.example; Secure; SameSite=None", local, false);
    REQUIRE(cookie);
    CHECK(cookie->words ==
          "the cookie sid was given without Domain=api.example, Secure and with SameSite=Lax for "
          "None: a browser here would not keep it as the API sent it");
    const auto alone = localized("sid=1; SameSite=None", local, false);
    REQUIRE(alone);
    CHECK(alone->words ==
          "the cookie sid was given with SameSite=Lax for None: a browser here would not keep it "
          "as the API sent it");
}

}  // namespace
}  // namespace whogoes::rules
