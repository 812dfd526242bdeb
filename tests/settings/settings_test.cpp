#include "proxy/settings/settings.hpp"

#include <doctest/doctest.h>

#include <string>

namespace whogoes::settings {
namespace {

TEST_CASE("a star stays within one part of the path, two stars are anything") {
    const struct {
        const char* pattern;
        const char* path;
        bool matches;
    } rows[] = {
        {"/a", "/a", true},
        {"/a", "/a/", false},
        {"/a", "/A", false},
        {"/a", "/ab", false},
        {"/*", "/", true},
        {"/*", "/a", true},
        {"/*", "/a/b", false},
        {"/a/*/c", "/a/b/c", true},
        {"/a/*/c", "/a/b/b/c", false},
        {"/a/*/c", "/a//c", true},
        {"/a*b/*d", "/axxbyb/cd", true},
        {"/a*b/*d", "/axxc/cd", false},
        {"/*.json", "/a.json.json", true},
        {"/*.json", "/a/b.json", false},
        {"/public/**", "/public", true},
        {"/public/**", "/public/", true},
        {"/public/**", "/public/a/b", true},
        {"/public/**", "/publicity", false},
        {"/**", "/", true},
        {"/**", "/a/b/c", true},
        {"**", "/a/b/c", true},
        {"**", "", true},
        {"/**/x", "/a/b/x", true},
        {"/**/x", "/a/b/y", false},
        {"/**/x/*", "/x/x/x/y", true},
        {"/**/x/*", "/x/y/z", false},
        {"/a/**/b/**/c", "/a/1/b/2/b/3/c", true},
        {"/a/**/b/**/c", "/a/1/b/2/b/3/d", false},
        {"", "", true},
        {"", "/", false},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.pattern));
        CAPTURE(std::string(row.path));
        CHECK(RouteMatch{"", row.pattern}.matches("GET", row.path) == row.matches);
    }
}

TEST_CASE("a pattern of many stars is soon done with a path that it does not match") {
    std::string pattern, path(20000, 'a');
    for (int i = 0; i < 200; ++i) pattern += "**a*";
    CHECK_FALSE(RouteMatch{"", pattern + "b"}.matches("GET", path));
}

TEST_CASE("methods compare with case; none is any") {
    CHECK(RouteMatch{"", "/a"}.matches("PATCH", "/a"));
    CHECK(RouteMatch{"POST", "/a"}.matches("POST", "/a"));
    CHECK_FALSE(RouteMatch{"POST", "/a"}.matches("post", "/a"));
    CHECK_FALSE(RouteMatch{"POST", "/a"}.matches("GET", "/a"));
}

TEST_CASE("the first route that matches is the treatment, else the top level is") {
    Settings settings;
    settings.treatment.route = "";
    settings.routes.resize(2);
    settings.routes[0].match = {"POST", "/a/**"};
    settings.routes[0].treatment.route = "first";
    settings.routes[1].match = {"", "/a/b"};
    settings.routes[1].treatment.route = "second";
    CHECK(settings.treatment_for("POST", "/a/b").route == "first");
    CHECK(settings.treatment_for("GET", "/a/b").route == "second");
    CHECK(settings.treatment_for("GET", "/c").route == "");
}

}  // namespace
}  // namespace whogoes::settings
