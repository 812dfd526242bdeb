#include "rules/history.hpp"

#include "rules/keyed_hash.hpp"
#include "rules/text.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace whogoes::rules {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const TimePoint start(seconds(1790000000));

struct Told {
    std::string_view target = "/v1/items";
    std::string_view method = "GET";
    std::vector<Field> request = {};
    int status = 200;
    std::vector<Field> response = {};
    seconds at{0};
    std::string_view client = "127.0.0.1";
};

Exchange exchange_of(const Told& told) {
    Exchange exchange;
    exchange.request.method = told.method;
    exchange.request.target = told.target;
    exchange.request.path = told.target.substr(0, told.target.find('?'));
    exchange.request.client = told.client;
    exchange.request.fields.add("Host", "localhost:8080");
    for (const Field& field : told.request) exchange.request.fields.add(field.name, field.value);
    exchange.response.status = told.status;
    for (const Field& field : told.response) exchange.response.fields.add(field.name, field.value);
    exchange.answered_at = start + told.at;
    exchange.read();
    return exchange;
}

Recollection recollection_of(const std::vector<Told>& past, const Told& present) {
    History history(42);
    for (const Told& told : past) history.remember(exchange_of(told));
    return history.recall(exchange_of(present));
}

std::string token(std::string_view claims) {
    return "Bearer " + base64url_of(R"({"alg":"HS256"})") + "." + base64url_of(claims) + "." +
           std::string(43, 'A');
}

const Field abc{"Authorization", "Bearer abc"};

TEST_CASE("nothing is known of a stranger") {
    const Recollection nothing = recollection_of({{.request = {abc}}}, {.client = "10.0.0.9"});
    CHECK_FALSE(nothing.credential_accepted_ago);
    const Recollection other_agent =
        recollection_of({{.request = {abc}}}, {.request = {abc, {"User-Agent", "curl/8"}}});
    CHECK_FALSE(other_agent.credential_accepted_ago);
}

TEST_CASE("a redirect that lost the header is remembered for five seconds") {
    struct {
        const char* given;
        std::vector<Field> sent;
        std::string_view location, target;
        seconds later;
        bool lost, cross_origin;
    } const rows[] = {
        {"trailing slash", {abc}, "/v1/items/", "/v1/items/", seconds(1), true, false},
        {"relative", {abc}, "items/", "/v1/items/", seconds(1), true, false},
        {"dot segments", {abc}, "../v1/x", "/v1/x", seconds(1), true, false},
        {"absolute", {abc}, "http://LOCALHOST:8080/a?b#c", "/a?b", seconds(5), true, false},
        {"another query", {abc}, "/a?b", "/a?c", seconds(1), false, false},
        {"another port", {abc}, "http://localhost:9/a", "/a", seconds(1), false, false},
        {"too late", {abc}, "/a", "/a", seconds(6), false, false},
        {"nothing was lost", {}, "/a", "/a", seconds(1), false, false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        const Recollection found = recollection_of(
            {{.request = row.sent, .status = 307, .response = {{"Location", row.location}}}},
            {.target = row.target, .status = 401, .at = row.later});
        REQUIRE(found.lost_redirect.has_value() == row.lost);
        if (!row.lost) continue;
        CHECK(found.lost_redirect->status == 307);
        CHECK(found.lost_redirect->cross_origin == row.cross_origin);
        CHECK(found.lost_redirect->age == row.later);
        CHECK(found.lost_redirect->from_url == "http://localhost:8080/v1/items");
        CHECK(found.lost_redirect->to_url.find('?') == std::string::npos);
    }
}

TEST_CASE("a redirect to another origin of ours is told as one") {
    History history(42);
    history.remember(exchange_of({.request = {abc},
                                  .status = 302,
                                  .response = {{"Location", "http://127.0.0.1:8080/v1/items"}}}));
    Exchange present;
    present.request.target = present.request.path = "/v1/items";
    present.request.client = "127.0.0.1";
    present.request.fields.add("Host", "127.0.0.1:8080");
    present.answered_at = start + seconds(1);
    const Recollection found = history.recall(present);
    REQUIRE(found.lost_redirect);
    CHECK(found.lost_redirect->cross_origin);
}

TEST_CASE("a cookie set and never returned is remembered with the reasons") {
    const auto after = [](std::string_view line, const Told& present) {
        return recollection_of({{.response = {{"Set-Cookie", line}}}}, present).cookies_set;
    };
    const auto stored = after("sid=1; Path=/", {.at = seconds(3)});
    REQUIRE(stored.size() == 1);
    CHECK(stored[0].name == "sid");
    CHECK(stored[0].age == seconds(3));
    CHECK(stored[0].blocked_because.empty());
    CHECK(after("sid=1; Domain=api.test; SameSite=None", {})[0].blocked_because.size() == 2);
    // Not due here, which is no refusal; and what is no session is nobody's loss.
    CHECK(after("sid=1; Path=/other", {}).empty());
    CHECK(after("theme=dark", {}).empty());
    CHECK(after("refresh_token=abcdef0123456789", {}).empty());
    CHECK(after("sid=1", {.request = {{"Cookie", "a=1; sid=1"}}}).empty());
    CHECK(after("sid=; Max-Age=0", {}).empty());
}

TEST_CASE("a cookie for its own site alone is lost where another site's script asked") {
    const auto is_lost = [](std::string_view line, std::string_view site, std::string_view mode) {
        return !recollection_of({{.request = {{"Sec-Fetch-Site", site}, {"Sec-Fetch-Mode", mode}},
                                  .response = {{"Set-Cookie", line}}}},
                                {})
                    .cookies_set.front()
                    .blocked_because.empty();
    };
    CHECK(is_lost("sid=1; SameSite=Lax", "cross-site", "cors"));
    CHECK(is_lost("sid=1; samesite=strict", "cross-site", "cors"));
    CHECK_FALSE(is_lost("sid=1; SameSite=Lax", "same-site", "cors"));
    CHECK_FALSE(is_lost("sid=1; SameSite=Lax", "cross-site", "navigate"));
    CHECK_FALSE(is_lost("sid=1", "cross-site", "cors"));
}

TEST_CASE("a cookie that came back once was not blocked") {
    const Recollection found =
        recollection_of({{.response = {{"Set-Cookie", "sid=1; Domain=api.test"}}},
                         {.request = {{"Cookie", "sid=1"}}}},
                        {});
    REQUIRE(found.cookies_set.size() == 1);
    CHECK(found.cookies_set[0].blocked_because.empty());
}

TEST_CASE("an accepted credential is known again, here and elsewhere") {
    const Recollection here =
        recollection_of({{.request = {abc}}}, {.request = {abc}, .at = seconds(20)});
    CHECK(here.credential_accepted_ago == seconds(20));
    CHECK_FALSE(here.credential_accepted_elsewhere_ago);
    CHECK(here.bearer_sent_elsewhere);

    const Recollection there = recollection_of(
        {{.request = {abc}}, {.target = "/v1/me", .request = {abc}, .at = seconds(4)}},
        {.request = {abc}, .at = seconds(10)});
    CHECK(there.credential_accepted_elsewhere_ago == seconds(6));

    const Recollection refused =
        recollection_of({{.request = {abc}, .status = 403}}, {.request = {abc}});
    CHECK_FALSE(refused.credential_accepted_ago);
    const Recollection aged =
        recollection_of({{.request = {abc}}}, {.request = {abc}, .at = seconds(1801)});
    CHECK_FALSE(aged.credential_accepted_ago);
}

TEST_CASE("a credential is the same in any case of its scheme") {
    const Field lower_case{"Authorization", "bearer abc"};
    CHECK(recollection_of({{.request = {abc}}}, {.request = {lower_case}})
              .accepted_in_registered_spelling);
    CHECK_FALSE(recollection_of({{.request = {lower_case}}}, {.request = {lower_case}})
                    .accepted_in_registered_spelling);
    const Field other{"Authorization", "Bearer ABC"};
    CHECK_FALSE(
        recollection_of({{.request = {abc}}}, {.request = {other}}).credential_accepted_ago);
}

TEST_CASE("an accepted cookie is known again") {
    const Field cookie{"Cookie", "sid=abc"};
    CHECK(recollection_of({{.request = {cookie}}}, {.request = {cookie}, .at = seconds(900)})
              .cookie_accepted_ago == seconds(900));
    CHECK_FALSE(recollection_of({{.request = {cookie}}}, {.request = {{"Cookie", "sid=x"}}})
                    .cookie_accepted_ago);
}

TEST_CASE("only the configured session cookie counts, where one is configured") {
    Expectations expected;
    expected.session_cookie = "sid";
    History history;
    Exchange past = exchange_of({.request = {{"Cookie", "sid=abc; theme=dark"}}});
    past.expected = &expected;
    history.remember(past);
    Exchange present = exchange_of({.request = {{"Cookie", "theme=light; sid=abc"}}});
    present.expected = &expected;
    CHECK(history.recall(present).cookie_accepted_ago);
}

TEST_CASE("a newer token of the same subject tells of a race") {
    const std::string older = token(R"({"iss":"i","sub":"s","iat":100})");
    const std::string newer = token(R"({"iss":"i","sub":"s","iat":200})");
    const std::string foreign = token(R"({"iss":"i","sub":"t","iat":300})");
    const auto told = [](const std::string& value) {
        return Told{.request = {{"Authorization", value}}};
    };
    CHECK(recollection_of({told(newer)}, told(older)).newer_token_accepted_ago);
    CHECK_FALSE(recollection_of({told(older)}, told(newer)).newer_token_accepted_ago);
    CHECK_FALSE(recollection_of({told(foreign)}, told(older)).newer_token_accepted_ago);

    const FingerprintKey key{};
    History history(1, {}, &key);
    history.remember(exchange_of(told(newer)));
    const Recollection found = history.recall(exchange_of(told(older)));
    CHECK(found.newer_token_fingerprint ==
          Fingerprinter(key).token("Bearer", std::string_view(newer).substr(7)));
}

TEST_CASE("a refusal that comes again counts like one that is told in full") {
    History told_in_full(7), told_again(7);
    const Told refused{.request = {abc}, .status = 401};
    const Noted noted = told_again.remember(exchange_of(refused));
    told_in_full.remember(exchange_of(refused));
    for (int i = 1; i < 6; ++i) {
        const Told next{.request = {abc}, .status = 401, .at = seconds(i)};
        told_in_full.remember(exchange_of(next));
        told_again.refused_again(noted, exchange_of(next).answered_at);
    }
    const Told present{.request = {abc}, .status = 401, .at = seconds(9)};
    const Recollection one = told_in_full.recall(exchange_of(present));
    const Recollection other = told_again.recall(exchange_of(present));
    CHECK(one.refused_in_30s == 6);
    CHECK(tell_the_same(one, other));
    CHECK_FALSE(tell_the_same(one, Recollection{}));
}

TEST_CASE("a hash that lives a second depends on its key and on every octet") {
    std::string text(100, 'a');
    const std::uint64_t whole = brief_hash(1, text);
    CHECK(brief_hash(2, text) != whole);
    CHECK(brief_hash(1, "") != brief_hash(1, std::string_view("\0", 1)));
    for (std::size_t at = 0; at < text.size(); ++at) {
        CAPTURE(at);
        text[at] = 'b';
        CHECK(brief_hash(1, text) != whole);
        text[at] = 'a';
        CHECK(brief_hash(1, std::string_view(text).substr(0, at)) != whole);
    }
}

TEST_CASE("refusals of one credential are counted for half a minute") {
    std::vector<Told> storm;
    for (int i = 0; i < 8; ++i)
        storm.push_back({.request = {abc}, .status = 401, .at = seconds(i * 6)});
    const Recollection found =
        recollection_of(storm, {.request = {abc}, .status = 401, .at = seconds(43)});
    CHECK(found.refused_in_30s == 5);  // those at 18, 24, 30, 36 and 42 s
    CHECK(found.refused_window == seconds(25));
    CHECK(recollection_of(storm, {.status = 401, .at = seconds(43)}).refused_in_30s == 0);
}

Told renewal(seconds at, int status = 200) {
    return {.target = "/token", .method = "POST", .status = status, .at = at};
}

// A form, which only the session sees as one.
Exchange renewal_of(const Told& told) {
    Exchange exchange = exchange_of(told);
    if (told.target == "/token") exchange.request.form_body = "grant_type=refresh_token&x=1";
    return exchange;
}

TEST_CASE("renewals of a client are counted for a minute") {
    History history(42);
    for (const int at : {0, 50, 60, 61}) history.remember(renewal_of(renewal(seconds(at))));
    CHECK(history.recall(renewal_of(renewal(seconds(62)))).renewals_in_60s == 3);
    CHECK(history.recall(exchange_of({.at = seconds(200)})).renewals_in_60s == 0);
}

TEST_CASE("renewals that a 401 follows are counted in a row") {
    const Field first{"Authorization", "Bearer a"}, second{"Authorization", "Bearer b"};
    History history(42);
    const auto vain = [&](seconds at) {
        return history.recall(exchange_of({.request = {second}, .status = 401, .at = at}))
            .vain_renewals;
    };
    const auto answer = [&](int status, seconds at) {
        history.remember(exchange_of({.request = {first}, .status = status, .at = at}));
    };
    answer(401, seconds(0));
    CHECK(vain(seconds(0)) == 0);
    history.remember(renewal_of(renewal(seconds(1))));
    CHECK(vain(seconds(2)) == 1);
    answer(401, seconds(2));
    CHECK(vain(seconds(2)) == 0);  // one renewal, one refusal
    history.remember(renewal_of(renewal(seconds(3), 400)));
    CHECK(vain(seconds(3)) == 0);  // no renewal at all
    history.remember(renewal_of(renewal(seconds(4))));
    answer(401, seconds(5));
    history.remember(renewal_of(renewal(seconds(6))));
    CHECK(vain(seconds(7)) == 3);
    SUBCASE("a success ends the row") {
        answer(200, seconds(7));
        history.remember(renewal_of(renewal(seconds(8))));
        CHECK(vain(seconds(9)) == 1);
    }
    SUBCASE("time does") { CHECK(vain(seconds(67)) == 0); }
}

TEST_CASE("what others got on the same route is known") {
    const Field other{"Authorization", "Bearer other"};
    CHECK(recollection_of({{.request = {other}}}, {.request = {abc}})
              .path_accepted_with_other_credential);
    CHECK_FALSE(recollection_of({{.request = {abc}}}, {.request = {abc}})
                    .path_accepted_with_other_credential);
    CHECK_FALSE(recollection_of({{}}, {.request = {abc}}).path_accepted_with_other_credential);
    CHECK_FALSE(recollection_of({{.method = "HEAD", .request = {other}}}, {.request = {abc}})
                    .path_accepted_with_other_credential);
    const Field origin{"Origin", "http://a"};
    CHECK(
        recollection_of({{.request = {abc}}}, {.request = {abc, origin}}).accepted_without_origin);
    CHECK_FALSE(recollection_of({{.request = {abc, origin}}}, {.request = {abc, origin}})
                    .accepted_without_origin);
}

TEST_CASE("the highest nonce count of a Digest nonce is kept") {
    const auto digest = [](std::string_view value) {
        return Told{.request = {{"Authorization", value}}};
    };
    const auto past = {digest("Digest username=\"a\", nonce=\"n1\", nc=0000000b"),
                       digest("Digest username=\"a\", nonce=\"n1\", nc=00000002")};
    CHECK(recollection_of(past, digest("Digest nonce=\"n1\", nc=00000003")).digest_last_nc == 11);
    CHECK_FALSE(recollection_of(past, digest("Digest nonce=\"n2\", nc=00000003")).digest_last_nc);
    CHECK_FALSE(recollection_of(past, digest("Digest nonce=\"n1\"")).digest_last_nc);
}

TEST_CASE("a first leg is told from a refusal once the second was accepted") {
    const Told first{.status = 401, .response = {{"WWW-Authenticate", "Basic realm=\"a\""}}};
    const Field basic{"Authorization", "Basic YTpi"};
    struct {
        const char* given;
        Told second;
        bool completed;
    } const rows[] = {
        {"accepted", {.request = {basic}, .at = seconds(2)}, true},
        {"accepted with an error of its own", {.request = {basic}, .status = 404}, true},
        {"refused", {.request = {basic}, .status = 401, .at = seconds(2)}, false},
        {"too late", {.request = {basic}, .at = seconds(11)}, false},
        {"another scheme", {.request = {abc}, .at = seconds(2)}, false},
        {"another path", {.target = "/x", .request = {basic}, .at = seconds(2)}, false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        History history;
        const Exchange open = exchange_of(first);
        history.remember(open);
        CHECK_FALSE(history.recall(open).handshake_completed);
        history.remember(exchange_of(row.second));
        CHECK(history.recall(open).handshake_completed == row.completed);
    }
}

TEST_CASE("memory is bounded in clients, entries and age") {
    History history(7, {.clients = 10, .entries_a_client = 4, .age = seconds(60)});
    std::vector<std::string> names;
    for (int i = 0; i < 50; ++i) names.push_back("10.0.0." + std::to_string(i));
    for (const std::string& name : names)
        history.remember(exchange_of({.request = {abc}, .client = name}));
    CHECK(history.clients() == 10);
    CHECK(history.recall(exchange_of({.request = {abc}, .client = names.back()}))
              .credential_accepted_ago);
    CHECK_FALSE(history.recall(exchange_of({.request = {abc}, .client = names.front()}))
                    .credential_accepted_ago);

    for (const std::string& name : names) {
        const std::string value = "Bearer " + name;
        history.remember(exchange_of({.request = {{"Authorization", value}}, .client = "one"}));
    }
    CHECK_FALSE(
        history.recall(exchange_of({.request = {abc}, .client = "one"})).credential_accepted_ago);
    history.remember(exchange_of({.at = seconds(61), .client = "late"}));
    CHECK(history.clients() == 1);
}

TEST_CASE("hashes depend on their key and on every octet") {
    CHECK(keyed_hash(1, "a") != keyed_hash(2, "a"));
    CHECK(keyed_hash(1, "a") == keyed_hash(1, "a"));
    CHECK(keyed_hash(1, "12345678") != keyed_hash(1, std::string_view("12345678\0", 9)));
    CHECK(keyed_hash(1, "") != keyed_hash(1, std::string_view("\0", 1)));
}

}  // namespace
}  // namespace whogoes::rules
