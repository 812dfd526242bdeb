#include "proxy/tools/causes.hpp"

#include "rules/diagnosis.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <string>

namespace whogoes::tools {
namespace {

TEST_CASE("each form of the catalogue has every row") {
    const std::string text = *causes("", CauseFormat::text);
    const std::string markdown = *causes("", CauseFormat::markdown);
    const auto rows = boost::json::parse(*causes("", CauseFormat::json)).as_array();
    CHECK(rows.size() == rules::catalogue().size() + rules::rulebook().size());
    const auto check = [&](std::string_view id) {
        CAPTURE(std::string(id));
        CHECK(text.find("  " + std::string(id) + " ") != std::string::npos);
        CHECK(markdown.find("| `" + std::string(id) + "` |") != std::string::npos);
    };
    for (const rules::CauseRow& row : rules::catalogue()) check(row.cause.id);
    for (const rules::RuleRow& row : rules::rulebook()) check(row.rule.id);
}

TEST_CASE("one row is told with its advice and its section") {
    const rules::Cause& cause = rules::catalogue().front().cause;
    const rules::Rule& rule = rules::rulebook().front().rule;
    CHECK(causes(cause.id, CauseFormat::text)->starts_with(std::string(cause.id) + " (cause)\n"));
    const std::string text = *causes(rule.id, CauseFormat::text);
    CHECK(text.starts_with(std::string(rule.id) + " (rule)\n"));
    CHECK(text.find(rule.section) != std::string::npos);
    const auto object = boost::json::parse(*causes(rule.id, CauseFormat::json)).as_object();
    CHECK(object.at("advice").as_string() == boost::json::string_view(rule.advice));
}

TEST_CASE("an unknown id has nothing, and a near one is guessed") {
    CHECK_FALSE(causes("no-such-cause", CauseFormat::text).has_value());
    CHECK(nearest_cause("token-expird") == "; did you mean \"token-expired\"?");
    CHECK(nearest_cause("zebra") == "");
}

}  // namespace
}  // namespace whogoes::tools
