#include "proxy/report/advice.hpp"

#include "report/given.hpp"

#include <doctest/doctest.h>

#include <string>

namespace whogoes::report {
namespace {

TEST_CASE("a way that was gone already is not advised") {
    const struct {
        std::string_view advice;
        bool changed;
        std::string said;
    } rows[] = {
        {"Use https, or drop Secure (--dev does)", false, "Use https, or drop Secure (--dev does)"},
        {"Use https, or drop Secure (--dev does)", true, "Use https"},
        {"Let --dev do it, or use https", true, "Use https"},
        {"Let --dev do it", true, ""},
        {"Use https, or drop Secure", true, "Use https, or drop Secure"},
        {"", true, ""},
    };
    for (const auto& row : rows) {
        CAPTURE(row.said);
        rules::Rule rule = without_challenge;
        rule.advice = row.advice;
        rules::Diagnosis diagnosis;
        diagnosis.violations.push_back({&rule, {}});
        AuthEvent event = described({.status = 200}, diagnosis);
        if (row.changed) event.changes = {"the cookie sid was given without Secure"};
        CHECK(advice_of(event) == row.said);
    }
    CHECK(advice_of(described({}, diagnosed(expired))) == expired.advice);
    CHECK(advice_of(described({.status = 200}, {})).empty());
}

}  // namespace
}  // namespace whogoes::report
