#include "proxy/tools/causes.hpp"

#include "rules/diagnosis.hpp"
#include "rules/sample.hpp"
#include "tests/tools/common.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace whogoes::tools {
namespace {

TEST_CASE("each form of the catalogue has every row") {
    const std::string text = *causes("", CauseFormat::text);
    const std::string page = *causes("", CauseFormat::markdown);
    const auto rows = boost::json::parse(*causes("", CauseFormat::json)).as_array();
    CHECK(rows.size() == rules::catalogue().size() + rules::rulebook().size());
    const auto check = [&](const auto& row) {
        const std::string id(row.id);
        CAPTURE(id);
        CHECK(holds(text, "  " + id + " "));
        CHECK(holds(page, "\n### " + id + "\n"));
        CHECK(holds(page, row.section));
    };
    for (const rules::CauseRow& row : rules::catalogue()) check(row.cause);
    for (const rules::RuleRow& row : rules::rulebook()) check(row.rule);
}

TEST_CASE("a row is told in full by its id") {
    const std::string text = *causes("wrong-audience", CauseFormat::text);
    const rules::Cause& cause = *rules::find_cause("wrong-audience");
    CHECK(text.starts_with("wrong-audience (cause)\n"));
    CHECK(holds(text, "  what      token for another audience\n"));
    CHECK(holds(text, "  example   " + std::string(cause.example) + "\n"));
    CHECK(holds(text, "  status    401\n"));
    CHECK(holds(text, "  how sure  Certain when "));
    CHECK(holds(text, "  told by   "));
    CHECK(holds(text, " more\n"));  // many systems do; the first few are named
    CHECK(holds(text, "  docs      rules/CATALOGUE.md#wrong-audience\n"));
    CHECK(holds(text, "  a case    "));

    const rules::Rule& rule = rules::rulebook().front().rule;
    const auto object = boost::json::parse(*causes(rule.id, CauseFormat::json)).as_object();
    CHECK(object.at("advice").as_string() == boost::json::string_view(rule.advice));
    CHECK(object.at("example").as_string() == boost::json::string_view(rule.example));
}

TEST_CASE("a cause and a rule that share an id are told together") {
    const std::string text = *causes("preflight-rejected", CauseFormat::text);
    CHECK(text.starts_with("preflight-rejected (cause)\n"));
    CHECK(holds(text, "\n\npreflight-rejected (rule)\n"));
    const auto rows =
        boost::json::parse(*causes("preflight-rejected", CauseFormat::json)).as_array();
    CHECK(rows.size() == 2);
}

TEST_CASE("the case comes from the known systems, or is said to be missing") {
    REQUIRE(!rules::builtin_samples().empty());
    for (const rules::Sample& sample : rules::builtin_samples()) {
        CAPTURE(std::string(sample.cause));
        CHECK(rules::find_cause(sample.cause) != nullptr);
        CHECK(holds(std::string(sample.request), " /"));  // a long line is cut
        CHECK(sample.answer.starts_with("HTTP/1.1 "));
        CHECK(std::count(sample.request.begin(), sample.request.end(), '\n') <= 8);
        CHECK(std::count(sample.answer.begin(), sample.answer.end(), '\n') <= 8);
        const std::string text = *causes(sample.cause, CauseFormat::text);
        CHECK(holds(text, std::string(sample.system) + ": "));
        CHECK(holds(text, "              HTTP/1.1 "));
    }
    bool any_without = false;
    for (const rules::CauseRow& row : rules::catalogue()) {
        if (rules::find_sample(row.cause.id)) continue;
        any_without = true;
        CHECK(holds(*causes(row.cause.id, CauseFormat::text),
                    "  a case    none among the known systems' files\n"));
    }
    CHECK(any_without);
}

TEST_CASE("a beginning and a word find rows") {
    struct Row {
        std::string_view word, found, missed;
    };
    for (const Row& row : {Row{"basic-", "basic-no-colon", "digest-nonce-stale"},
                           {"DPOP", "dpop-htu-mismatch", "basic-no-colon"},
                           {"audience", "wrong-audience", "basic-no-colon"},
                           {"CSRF", "csrf-failed", "basic-no-colon"},
                           {"NTP", "clock-skew", "wrong-audience"},   // of the advice
                           {"no colon", "clock-skew", "clock-skew"},  // nothing has these words
                           {"without a colon", "basic-no-colon", "clock-skew"}}) {
        CAPTURE(std::string(row.word));
        const auto text = causes(row.word, CauseFormat::text);
        if (row.found == row.missed) {
            CHECK_FALSE(text.has_value());
            continue;
        }
        REQUIRE(text.has_value());
        CHECK(holds(*text, row.found));
        CHECK_FALSE(holds(*text, row.missed));
    }
    // What begins with it stands before what has it inside.
    const std::string text = *causes("token", CauseFormat::text);
    CHECK(text.find("  token-expired ") < text.find("  placeholder-token "));
    // One row alone is told in full.
    CHECK(causes("wrong-aud", CauseFormat::text)->starts_with("wrong-audience (cause)\n"));
    // A word begins where the last one ended: "expired" is not in "unexpired".
    CHECK_FALSE(causes("orization-stripped", CauseFormat::text).has_value());
}

TEST_CASE("an unknown word has nothing, and a near id is guessed") {
    CHECK_FALSE(causes("no-such-cause", CauseFormat::text).has_value());
    CHECK(nearest_cause("token-expird") == "; did you mean \"token-expired\"?");
    CHECK(nearest_cause("zebra") == "");
}

}  // namespace
}  // namespace whogoes::tools
