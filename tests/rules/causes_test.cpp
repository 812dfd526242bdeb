#include "brief_exchange.hpp"
#include "cause_rows.hpp"
#include "rules/diagnosis.hpp"
#include "rules/sample.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace whogoes::rules {
namespace {

std::vector<CauseCase> all_cases() {
    std::vector<CauseCase> all;
    for (const auto rows : {absent_cases(), malformed_cases(), scheme_cases(), jwt_cases(),
                            edge_cases(), flow_cases(), told_cases()})
        all.insert(all.end(), rows.begin(), rows.end());
    return all;
}

bool has_case(const std::vector<CauseCase>& cases, std::string_view id, bool applies) {
    return std::any_of(cases.begin(), cases.end(), [&](const CauseCase& row) {
        return row.cause == id && row.applies == applies;
    });
}

bool is_beside(std::string_view id) {
    for (const CauseRow& row : catalogue())
        if (row.cause.id == id) return row.step == Step::beside;
    return false;
}

std::string main_id(const Diagnosis& diagnosis) {
    return diagnosis.main ? std::string(diagnosis.main->cause->id) : "nothing";
}

TEST_CASE("each cause leads where it is the story, and is not named where it is not") {
    for (const CauseCase& row : all_cases()) {
        CAPTURE(std::string(row.cause));
        CAPTURE(std::string(row.given));
        REQUIRE(find_cause(row.cause));
        BriefExchange brief(row.request, row.response);
        if (row.set) row.set(brief.exchange, brief.expected);
        brief.exchange.read();
        const Diagnosis diagnosis = diagnose(brief.exchange);
        CAPTURE(main_id(diagnosis));
        if (!row.applies)
            CHECK_FALSE(diagnosis.has_cause(row.cause));
        else if (is_beside(row.cause))
            CHECK((diagnosis.has_cause(row.cause) && main_id(diagnosis) != row.cause));
        else
            CHECK(main_id(diagnosis) == row.cause);
    }
}

bool is_sure_at_times(const Cause& cause) { return cause.certain_when.starts_with("Certain"); }

TEST_CASE("the catalogue is complete") {
    const std::vector<CauseCase> cases = all_cases();
    std::set<std::string_view> ids;
    Step step = Step::preflight;
    for (const CauseRow& row : catalogue()) {
        const Cause& cause = row.cause;
        CAPTURE(std::string(cause.id));
        CHECK(ids.insert(cause.id).second);
        CHECK(find_cause(cause.id) == &row.cause);
        CHECK(row.step >= step);
        step = row.step;
        CHECK((cause.tier >= 'A' && cause.tier <= 'C'));
        CHECK_FALSE(cause.summary.empty());
        CHECK_FALSE(cause.summary.ends_with('.'));
        CHECK(cause.summary.size() <= 40);
        CHECK_FALSE(cause.advice.empty());
        CHECK_FALSE(cause.advice.ends_with('.'));
        CHECK_FALSE(cause.example.empty());
        CHECK(cause.example.find('\n') == std::string_view::npos);
        CHECK((is_sure_at_times(cause) || cause.certain_when.starts_with("Never more than ")));
        CHECK_FALSE(cause.certain_when.ends_with('.'));
        // Without a check the answer's words tell it, and a dialect's case may be the one.
        CHECK((has_case(cases, cause.id, true) || (!row.check && find_sample(cause.id))));
        CHECK((has_case(cases, cause.id, false) || !row.check));
    }
    CHECK(find_cause("no-such-cause") == nullptr);
}

TEST_CASE("a refresh can cure these causes and no other") {
    const std::set<std::string_view> curable{"token-expired",          "revoked-or-logged-out",
                                             "token-rejected-unknown", "opaque-token-rejected",
                                             "stale-token-race",       "unknown-kid"};
    for (const CauseRow& row : catalogue()) {
        CAPTURE(std::string(row.cause.id));
        CHECK((row.cause.cure == Cure::refresh_token) == curable.contains(row.cause.id));
    }
}

std::vector<std::string> secrets_of(const std::string& request) {
    std::vector<std::string> secrets;
    for (const std::string_view word :
         {"f3b0c44298fc1c149afbf4c8996fb924", "abcdef0123456789", "secret99", "EXAMPLEEXAMPLE",
          "AAAAAAAAAAAAAAAAAAAA", "YW5uOn", "sid=1", "k-1", "rt-EXAMPLE"})
        if (request.find(word) != std::string::npos) secrets.emplace_back(word);
    return secrets;
}

std::string everything_said(const Evidence& evidence) {
    std::string text = evidence.words;
    for (const Fact& fact : evidence.facts) {
        if (const auto* word = std::get_if<std::string>(&fact.value)) text += "\n" + *word;
        if (const auto* list = std::get_if<std::vector<std::string>>(&fact.value))
            for (const std::string& word : *list) text += "\n" + word;
    }
    return text;
}

TEST_CASE("evidence is a sentence, holds no secret, and says may where it does not know") {
    for (const CauseCase& row : all_cases()) {
        CAPTURE(std::string(row.cause));
        CAPTURE(std::string(row.given));
        BriefExchange brief(row.request, row.response);
        if (row.set) row.set(brief.exchange, brief.expected);
        brief.exchange.read();
        const Diagnosis diagnosis = diagnose(brief.exchange);
        std::vector<Finding> findings = diagnosis.also;
        if (diagnosis.main) findings.push_back(*diagnosis.main);
        for (const Finding& finding : findings) {
            CAPTURE(finding.evidence.words);
            CHECK(finding.evidence.words.size() > 8);
            const std::string said = everything_said(finding.evidence);
            for (const std::string& secret : secrets_of(row.request))
                CHECK(said.find(secret) == std::string::npos);
            if (finding.evidence.confidence == Confidence::possible)
                CHECK(finding.evidence.words.find("may") != std::string::npos);
        }
    }
}

TEST_CASE("a row tells the truth about how sure its cause can be") {
    std::set<std::string_view> was_certain;
    for (const CauseCase& row : all_cases()) {
        CAPTURE(std::string(row.given));
        BriefExchange brief(row.request, row.response);
        if (row.set) row.set(brief.exchange, brief.expected);
        brief.exchange.read();
        const Diagnosis diagnosis = diagnose(brief.exchange);
        std::vector<Finding> findings = diagnosis.also;
        if (diagnosis.main) findings.push_back(*diagnosis.main);
        for (const Finding& finding : findings) {
            CAPTURE(std::string(finding.cause->id));
            if (finding.evidence.confidence == Confidence::certain) {
                CHECK(is_sure_at_times(*finding.cause));
                was_certain.insert(finding.cause->id);
            } else if (finding.evidence.confidence == Confidence::likely) {
                CHECK_FALSE(finding.cause->certain_when.starts_with("Never more than possible"));
            }
        }
    }
    for (const CauseRow& row : catalogue()) {
        CAPTURE(std::string(row.cause.id));
        CHECK((!is_sure_at_times(row.cause) || was_certain.contains(row.cause.id)));
    }
}

}  // namespace
}  // namespace whogoes::rules
