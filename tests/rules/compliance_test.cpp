#include "brief_exchange.hpp"
#include "compliance_rows.hpp"
#include "rules/diagnosis.hpp"
#include "rules/keys.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <vector>

namespace whogoes::rules {
namespace {

std::vector<ComplianceRow> all_rows() {
    std::vector<ComplianceRow> all;
    for (const auto rows :
         {challenge_rows(), scheme_rows(), status_rows(), browser_rows(), documented_rows()})
        all.insert(all.end(), rows.begin(), rows.end());
    return all;
}

const RuleRow* row_of(std::string_view id) {
    for (const RuleRow& row : rulebook())
        if (row.rule.id == id) return &row;
    return nullptr;
}

bool has_row(const std::vector<ComplianceRow>& rows, std::string_view id, bool applies) {
    return std::any_of(rows.begin(), rows.end(), [&](const ComplianceRow& row) {
        return row.rule == id && row.applies == applies;
    });
}

TEST_CASE("each rule is reported where it is broken, and only there") {
    for (const ComplianceRow& row : all_rows()) {
        CAPTURE(std::string(row.rule));
        CAPTURE(std::string(row.given));
        const RuleRow* rule = row_of(row.rule);
        REQUIRE(rule);
        BriefExchange brief(row.request, row.response);
        if (row.set) row.set(brief.exchange, brief.expected);
        brief.exchange.read();
        const std::optional<Evidence> evidence = rule->check(brief.exchange);
        CHECK(evidence.has_value() == row.applies);
        if (evidence) CHECK_FALSE(evidence->words.empty());
    }
}

TEST_CASE("the rulebook is complete") {
    const std::vector<ComplianceRow> rows = all_rows();
    std::set<std::string_view> ids;
    for (const auto& [rule, check] : rulebook()) {
        CAPTURE(std::string(rule.id));
        CHECK(ids.insert(rule.id).second);
        CHECK(find_rule(rule.id) == &row_of(rule.id)->rule);
        CHECK_FALSE(rule.level.empty());
        CHECK_FALSE(rule.section.empty());
        CHECK_FALSE(rule.summary.empty());
        CHECK_FALSE(rule.advice.empty());
        CHECK_MESSAGE(has_row(rows, rule.id, true), "no row breaks this rule");
        CHECK_MESSAGE(has_row(rows, rule.id, false), "no row keeps this rule");
    }
    CHECK(ids.size() == 76);
    CHECK(find_rule("no-such-rule") == nullptr);
}

TEST_CASE("a token that verifies and was refused is one that is valid") {
    // HS256 over {"alg":"HS256"}.{"sub":"u"}.
    BriefExchange brief(
        "GET /\nAuthorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1In0."
        "KK0HRt_6ju0Qg0uaJJ5ulswjSyB5zVrcA3v2gaVSPCw",
        "401");
    const KeySet right = KeySet::from_hmac_secret("a-secret-of-a-test-0123456789abcdef");
    const KeySet wrong = KeySet::from_hmac_secret("another-secret-of-a-test-0123456789");
    brief.exchange.read();
    const Check check = row_of("unauthorized-though-valid")->check;
    CHECK_FALSE(check(brief.exchange));
    brief.exchange.keys = &wrong;
    CHECK_FALSE(check(brief.exchange));
    brief.exchange.keys = &right;
    CHECK(check(brief.exchange));
}

TEST_CASE("no evidence repeats a credential") {
    for (const ComplianceRow& row : all_rows()) {
        BriefExchange brief(row.request, row.response);
        if (row.set) row.set(brief.exchange, brief.expected);
        brief.exchange.read();
        for (const auto& [rule, check] : rulebook()) {
            const std::optional<Evidence> evidence = check(brief.exchange);
            if (!evidence) continue;
            CAPTURE(std::string(rule.id));
            CAPTURE(std::string(row.given));
            for (const std::string secret : {"abcdef-12345", "abcdef0123456789", "pw123456",
                                             "YW5uOnB3MTIzNDU2", "12345678", "eyJhbGci"}) {
                CHECK(evidence->words.find(secret) == std::string::npos);
                for (const Fact& fact : evidence->facts)
                    if (const auto* text = std::get_if<std::string>(&fact.value))
                        CHECK(text->find(secret) == std::string::npos);
            }
        }
    }
}

}  // namespace
}  // namespace whogoes::rules
