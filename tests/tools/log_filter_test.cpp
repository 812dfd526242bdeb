#include "proxy/tools/log_filter.hpp"

#include "tools/log_lines.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <string>

namespace whogoes::tools {
namespace {

LogFilter filter_of(const LogFilterWords& words) {
    auto filter = LogFilter::from(words);
    REQUIRE_MESSAGE(filter.has_value(), filter.error());
    return std::move(*filter);
}

bool fits(LogFilter& filter, const std::string& line) {
    Glance glance;
    REQUIRE(read_glance(std::string_view(line).substr(0, line.size() - 1), glance) ==
            LineKind::record);
    return filter.fits(glance);
}

TEST_CASE("a record is wanted where every filter takes it") {
    const auto noon = report::Given::noon;
    using std::chrono::seconds;
    const struct {
        const char* given;
        LogFilterWords words;
        Logged logged;
        bool wanted;
    } rows[] = {
        {"nothing asked", {}, {}, true},
        {"the cause", {.causes = {"token-expired"}}, {}, true},
        {"one of several", {.causes = {"no-credentials,token-expired"}}, {}, true},
        {"another cause", {.causes = {"no-credentials"}}, {}, false},
        {"the rule", {.rules = {"unauthorized-without-challenge"}}, {}, true},
        {"another rule", {.rules = {"token-in-url"}}, {}, false},
        {"a method in small letters", {.methods = {"get"}}, {}, true},
        {"another method", {.methods = {"POST", "PUT"}}, {}, false},
        {"the status", {.statuses = {"403,401"}}, {}, true},
        {"a class", {.statuses = {"4xx"}}, {}, true},
        {"a range without it", {.statuses = {"402-499"}}, {}, false},
        {"the path", {.paths = {"/v1/*"}}, {}, true},
        {"a star stays within a segment", {.paths = {"/*"}}, {}, false},
        {"two stars do not", {.paths = {"/**"}}, {}, true},
        {"a path with quotes", {.paths = {"/\"x\""}}, {.path = "/\"x\""}, true},
        {"the route", {.routes = {"/v1/users/{id}"}}, {.path = "/v1/users/42"}, true},
        {"the configured route", {.routes = {"/v1/**"}}, {.path = "/x", .route = "/v1/**"}, true},
        {"another route", {.routes = {"/v1/users"}}, {.path = "/v1/users/42"}, false},
        {"the address", {.clients = {"127.0.0.1"}}, {}, true},
        {"the network", {.clients = {"10.0.0.0/8"}}, {.client = "10.200.0.9"}, true},
        {"an odd mask", {.clients = {"10.64.0.0/10"}}, {.client = "10.127.255.1"}, true},
        {"just outside", {.clients = {"10.64.0.0/10"}}, {.client = "10.128.0.1"}, false},
        {"IPv6", {.clients = {"fd00::/8"}}, {.client = "fd12::1"}, true},
        {"IPv4 in IPv6", {.clients = {"10.0.0.0/8"}}, {.client = "::ffff:10.1.2.3"}, true},
        {"IPv6 is in no IPv4 network", {.clients = {"0.0.0.0/0"}}, {.client = "fd12::1"}, false},
        {"everything", {.clients = {"0.0.0.0/0"}}, {.client = "9.9.9.9"}, true},
        {"no address", {.clients = {"unix"}}, {.client = "unix"}, true},
        {"no client", {.clients = {"10.0.0.1"}}, {.client = ""}, false},
        {"the token's beginning", {.tokens = {"tk_7f3a"}}, {}, true},
        {"without its sign", {.tokens = {"7F3A"}}, {}, true},
        {"another token", {.tokens = {"tk_8"}}, {}, false},
        {"no token", {.tokens = {"tk_7"}}, {.token = ""}, false},
        {"since this moment", {.since = noon}, {}, true},
        {"since a second later", {.since = noon + seconds(1)}, {}, false},
        {"until this moment", {.until = noon}, {}, false},
        {"until a second later", {.until = noon + seconds(1)}, {}, true},
        {"two of which one does not fit",
         {.causes = {"token-expired"}, .methods = {"POST"}},
         {},
         false},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.given));
        LogFilter filter = filter_of(row.words);
        CHECK(fits(filter, line_of(row.logged)) == row.wanted);
        CHECK(fits(filter, line_of(row.logged)) == row.wanted);  // what it remembers is right
    }
}

TEST_CASE("without being asked for more, a list shows what a console shows") {
    using report::EventKind;
    const struct {
        EventKind kind;
        LogFilterWords words;
        bool shown;
    } rows[] = {
        {EventKind::auth_failure, {}, true},
        {EventKind::auth_refresh, {}, true},
        {EventKind::proxy_error, {}, true},
        {EventKind::auth_compliance, {}, false},
        {EventKind::http_access, {}, false},
        {EventKind::lifecycle, {}, false},
        {EventKind::http_access, {.everything = true}, true},
        {EventKind::auth_compliance, {.rules = {"token-in-url"}}, true},
        {EventKind::http_access, {.statuses = {"200"}}, true},
    };
    for (const auto& row : rows) {
        CAPTURE(report::name(row.kind));
        const std::string line = line_of(Logged{.kind = row.kind});
        Glance glance;
        REQUIRE(read_glance(std::string_view(line).substr(0, line.size() - 1), glance) ==
                LineKind::record);
        CHECK(filter_of(row.words).shows(glance) == row.shown);
    }
}

TEST_CASE("an id may be cut short and written in small letters") {
    LogFilter filter = filter_of({});
    filter.only_ids({"m882"});
    CHECK(fits(filter, line_of(Logged{.id = "M882SZ8Q0000"})));
    CHECK_FALSE(fits(filter, line_of(Logged{.id = "N882SZ8Q0000"})));
}

TEST_CASE("a wrong filter is refused with the cure") {
    const struct {
        LogFilterWords words;
        std::string said;
    } rows[] = {
        {{.causes = {"token-expird"}}, "did you mean \"token-expired\"?"},
        {{.rules = {"token-in-ulr"}}, "did you mean \"token-in-url\"?"},
        {{.statuses = {"4o1"}}, "write 401, 4xx or 400-499"},
        {{.statuses = {"500-400"}}, "write 401, 4xx or 400-499"},
        {{.clients = {"10.0.0.0/33"}}, "write 10.0.0.0/8"},
        {{.clients = {"host/8"}}, "write 10.0.0.0/8"},
        {{.tokens = {"eyJhbGciOi"}}, "never a token"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.said);
        const auto filter = LogFilter::from(row.words);
        REQUIRE_FALSE(filter.has_value());
        CHECK(filter.error().find(row.said) != std::string::npos);
        CHECK(filter.error().find("eyJ") == std::string::npos);
    }
}

TEST_CASE("globs") {
    const struct {
        std::string_view glob, text;
        bool matches;
    } rows[] = {
        {"", "", true},
        {"", "a", false},
        {"*", "", true},
        {"*", "ab", true},
        {"*", "a/b", false},
        {"**", "a/b", true},
        {"/a/*/c", "/a/b/c", true},
        {"/a/*/c", "/a/b/b/c", false},
        {"/a/**/c", "/a/b/b/c", true},
        {"/a/**", "/a/", true},
        {"/a?c", "/abc", true},
        {"/a?c", "/a/c", false},
        {"*a*b", "xaxxb", true},
        {"*ab", "aab", true},
        {"**a*b", "/x/axb", true},
        {"**/x", "/a/b/x", true},
        {"**x*y", "ax/bxy", true},
        {"/[a]", "/[a]", true},
    };
    for (const auto& row : rows) {
        CAPTURE(row.glob);
        CAPTURE(row.text);
        CHECK(glob_matches(row.glob, row.text) == row.matches);
    }
}

}  // namespace
}  // namespace whogoes::tools
