#include "proxy/dialects/places.hpp"

#include "dialects/builtin_files.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace whogoes::dialects;
namespace rules = whogoes::rules;

namespace {

std::unique_ptr<DialectFile> with_place(const std::string& id, const std::string& place) {
    return read_dialect("name: Example\nplaces:\n  - " + place + "\n", id + ".yaml", id);
}

}  // namespace

TEST_CASE("all built-in dialects say the same of a place") {
    Places places;
    for (const BuiltinFile& one : read_builtin_files(WHOGOES_SOURCE_DIR))
        CHECK_NOTHROW(places.add(*one.file, one.path));
}

TEST_CASE("two files that disagree on a place are refused, and both are named") {
    const auto one = with_place("one", "{field: X-Example, holds: token}");
    const auto other = with_place("other", "{field: x-example, holds: csrf}");
    Places places;
    places.add(*one, "one.yaml");
    std::string said;
    try {
        places.add(*other, "other.yaml");
    } catch (const DialectError& error) {
        said = error.what();
    }
    CHECK(said ==
          "other.yaml: the field x-example holds csrf here and token in one.yaml: say the same "
          "in both");
}

TEST_CASE("a place that several files name is one row") {
    const auto one = with_place("one", "{field: X-Example, holds: token}");
    const auto same = with_place("same", "{field: X-Example, holds: token}");
    const auto cookie = with_place("cookie", "{cookie: X-Example, holds: csrf}");
    Places places;
    places.add(*cookie, "cookie.yaml");
    places.add(*one, "one.yaml");
    places.add(*same, "same.yaml");
    const std::vector<rules::CredentialPlace> rows = places.rows();
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].where == rules::Where::field);
    CHECK(rows[0].holds == rules::Holds::token);
    CHECK(rows[1].where == rules::Where::cookie);
}
