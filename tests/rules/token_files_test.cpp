#include "proxy/dialects/read.hpp"
#include "proxy/dialects/read_tokens.hpp"

#include <doctest/doctest.h>

#include <string>

namespace whogoes::dialects {
namespace {

// What the reader says of a mistake; empty: it found none.
template <class Reader>
std::string complaint(Reader read, const std::string& yaml) {
    try {
        read(yaml, "given.yaml");
        return {};
    } catch (const DialectError& error) {
        return error.what();
    }
}

const std::string good =
    "  - {prefix: ab_, provider: A, kind: token, hosts: [a.test], source: s}\n";

TEST_CASE(
    "prefixes are sorted by their start, the longer ones first, and know their installations") {
    const auto file = read_prefixes(
        "installed: {A: [/api/v4]}\nprefixes:\n"
        "  - {prefix: zab_, provider: B, kind: client-secret, environment: live, hosts: [],"
        " source: s}\n"
        "  - {prefix: ab_, provider: A, kind: token, hosts: [a.test], source: s}\n"
        "  - {prefix: ab_long_, provider: A, kind: api-key, hosts: [b.test, c.test], source: s}\n",
        "given.yaml");
    REQUIRE(file->rows.size() == 3);
    CHECK(file->rows[0].prefix == "ab_long_");
    CHECK(file->rows[0].hosts.size() == 2);
    CHECK(file->rows[0].installed);
    CHECK(file->rows[0].paths.size() == 1);
    CHECK(file->rows[1].prefix == "ab_");
    CHECK(file->rows[2].kind == rules::TokenKind::client_secret);
    CHECK(file->rows[2].environment == "live");
    CHECK(file->rows[2].installed);
    CHECK(file->rows[2].paths.empty());
}

TEST_CASE("a mistake in a file of prefixes is told with its line") {
    struct {
        std::string yaml, says;
    } const rows[] = {
        {"prefixes:\n" + good, ""},
        {"prefixes: []\n", "given.yaml:1: 'prefixes' is missing"},
        {"prefix:\n" + good, "given.yaml:1: 'prefix' is no member of the file"},
        {"prefixes:\n" + good + good, "given.yaml:3: 'ab_' stands here twice"},
        {"installed: {B: []}\nprefixes:\n" + good, "given.yaml:1: no prefix is of a provider 'B'"},
        {"installed: [A]\nprefixes:\n" + good, "given.yaml:1: 'installed' is a map"},
        {"prefixes:\n  - ab_\n", "given.yaml:2: a prefix is a map"},
        {"prefixes:\n  - {prefix: ab, provider: A, kind: token, hosts: [], source: s}\n",
         "given.yaml:2: a prefix has at least three"},
        {"prefixes:\n  - {prefix: ab_, provider: A, kind: tokn, hosts: [], source: s}\n",
         "given.yaml:2: 'tokn' is unknown here"},
        {"prefixes:\n  - {prefix: ab_, provider: A, kind: token, hosts: ['https://a.test'],"
         " source: s}\n",
         "given.yaml:2: a host is a name"},
        {"prefixes:\n  - {prefix: ab_, provider: A, kind: token, source: s}\n",
         "given.yaml:2: 'hosts' is missing"},
        {"prefixes:\n  - {prefix: ab_, provider: A, kind: token, hosts: []}\n",
         "given.yaml:2: 'source' is missing"},
        {"prefixes:\n - {", "given.yaml:"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.yaml);
        const std::string said = complaint(read_prefixes, row.yaml);
        CAPTURE(said);
        CHECK(said.empty() == row.says.empty());
        CHECK(said.starts_with(row.says));
    }
}

TEST_CASE("placeholders are sorted by their first octet, and tell where they come from") {
    const auto file = read_placeholders(
        "placeholders:\n"
        "  - {begins: '{', ends: '}', seen: '{token}: an f-string'}\n"
        "  - {begins: '{{', ends: '}}', seen: 'Go: a template'}\n"
        "  - {only: x, seen: 'xxx: manuals'}\n"
        "words:\n"
        "  - {is: ChangeMe, seen: charts}\n",
        "given.yaml");
    REQUIRE(file->rows.size() == 4);
    CHECK(file->rows[0].only == "x");
    CHECK(file->rows[0].seen == "manuals");
    CHECK(file->rows[1].whole == "changeme");
    CHECK(file->rows[1].word);
    CHECK(file->rows[2].begins == "{{");
    CHECK(file->rows[2].seen == "Go: a template");
    CHECK(file->rows[3].seen == "an f-string");
    CHECK_FALSE(file->rows[3].word);
}

TEST_CASE("a mistake in a file of placeholders is told with its line") {
    struct {
        std::string yaml, says;
    } const rows[] = {
        {"placeholders:\n  - {is: a, seen: s}\n", ""},
        {"placeholders:\n  - {is: a, begins: b, seen: s}\n", "given.yaml:2: beside 'is' nothing"},
        {"placeholders:\n  - {ends: b, seen: s}\n", "given.yaml:2: 'ends' and 'holds' want"},
        {"placeholders:\n  - {seen: s}\n", "given.yaml:2: one of is, begins and only"},
        {"placeholders:\n  - {is: a}\n", "given.yaml:2: 'seen' is missing"},
        {"placeholders:\n  - {beginns: a, seen: s}\n", "given.yaml:2: 'beginns' is no member"},
        {"placeholders:\n  - {is: a, seen: s}\nwords:\n  - {is: A, seen: s}\n",
         "given.yaml:4: stands here twice"},
        {"placeholders:\n  - {is: null, seen: s}\n", "given.yaml:2: 'is' wants a text"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.yaml);
        const std::string said = complaint(read_placeholders, row.yaml);
        CAPTURE(said);
        CHECK(said.empty() == row.says.empty());
        CHECK(said.starts_with(row.says));
    }
}

}  // namespace
}  // namespace whogoes::dialects
