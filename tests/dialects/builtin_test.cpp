#include "dialects/builtin_files.hpp"
#include "proxy/dialects/cases.hpp"
#include "proxy/dialects/seen.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <string_view>

using namespace whogoes::dialects;
namespace rules = whogoes::rules;

namespace {

const std::vector<BuiltinFile>& files() {
    static const std::vector<BuiltinFile> all = read_builtin_files(WHOGOES_SOURCE_DIR);
    return all;
}

// Collections of what many systems say or take, which no mark could tell apart.
bool is_collection(std::string_view id) {
    constexpr std::array known{"general", "frameworks", "jwt-libraries"};
    return std::find(known.begin(), known.end(), id) != known.end();
}

bool same_term(const rules::Term& one, const rules::Term& other) {
    return one.asks == other.asks && one.name == other.name && one.words == other.words &&
           one.name_mark == other.name_mark && one.statuses == other.statuses &&
           one.sent == other.sent;
}

bool same_condition(rules::Condition one, rules::Condition other) {
    return std::equal(one.begin(), one.end(), other.begin(), other.end(), same_term);
}

bool same_saying(const rules::Saying& one, const rules::Saying& other) {
    return same_condition(one.when, other.when) && one.cause == other.cause &&
           one.advice == other.advice && one.weak == other.weak;
}

}  // namespace

TEST_CASE("every case of every built-in dialect gets its verdict") {
    std::size_t count = 0;
    for (const BuiltinFile& one : files())
        for (const Case& the_case : one.file->cases) {
            const CaseResult result = run_case(the_case);
            ++count;
            CHECK_MESSAGE(result.holds(), line_of(one.path, the_case, result));
        }
    CHECK(count > 400);
}

TEST_CASE("every saying holds in the text that it was seen in") {
    for (const BuiltinFile& one : files())
        for (std::size_t i = 0; i < one.file->sources.size(); ++i) {
            const std::string flaw = flaw_of_seen(*one.file, i);
            CHECK_MESSAGE(flaw.empty(), one.path << ":" << one.file->sources[i].line << ": "
                                                 << one.file->dialect.sayings[i].cause << ": "
                                                 << flaw);
        }
}

TEST_CASE("every built-in dialect says what it stands on") {
    for (const BuiltinFile& one : files()) {
        INFO(one.path);
        const rules::Dialect& dialect = one.file->dialect;
        CHECK_FALSE(one.file->about.empty());
        CHECK(dialect.marks.empty() == is_collection(dialect.id));
        if (!is_collection(dialect.id)) CHECK(one.file->cases.size() >= 2);
        for (const Case& the_case : one.file->cases) {
            INFO(the_case.title);
            CHECK_FALSE(the_case.source.empty());
        }
    }
}

TEST_CASE("a case shows its own system, unless it shows what cannot be told") {
    // A mark that no case shows may be mistyped.
    for (const BuiltinFile& one : files()) {
        if (one.file->dialect.marks.empty()) continue;
        std::size_t recognised = 0;
        for (const Case& the_case : one.file->cases) {
            const CaseResult result = run_case(the_case);
            recognised += static_cast<std::size_t>(
                std::count(result.systems.begin(), result.systems.end(), one.file->dialect.id));
        }
        CHECK_MESSAGE(recognised > 0, one.path);
    }
}

TEST_CASE("the tables of the build say what the files say") {
    const std::span<const rules::Dialect> tables = rules::builtin_dialects();
    REQUIRE(tables.size() == files().size());
    for (const BuiltinFile& one : files()) {
        const rules::Dialect& file = one.file->dialect;
        INFO(one.path);
        const auto found = std::find_if(tables.begin(), tables.end(),
                                        [&](const auto& table) { return table.id == file.id; });
        REQUIRE(found != tables.end());
        const rules::Dialect& table = *found;
        CHECK(table.name == file.name);
        CHECK(table.layer == file.layer);
        CHECK(table.in_successes == file.in_successes);
        CHECK(std::equal(table.marks.begin(), table.marks.end(), file.marks.begin(),
                         file.marks.end(), same_condition));
        CHECK(std::equal(table.sayings.begin(), table.sayings.end(), file.sayings.begin(),
                         file.sayings.end(), same_saying));
        CHECK(std::equal(table.quirks.begin(), table.quirks.end(), file.quirks.begin(),
                         file.quirks.end()));
        CHECK(std::equal(table.empty_words.begin(), table.empty_words.end(),
                         file.empty_words.begin(), file.empty_words.end()));
        for (const rules::CredentialPlace& place : file.places) {
            INFO(std::string(place.name));
            const bool known = std::any_of(
                rules::known_places().begin(), rules::known_places().end(), [&](const auto& row) {
                    return row.where == place.where && row.name == place.name;
                });
            CHECK(known);
        }
    }
}
