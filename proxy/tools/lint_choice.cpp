#include "proxy/tools/lint_choice.hpp"

#include "proxy/tools/fail_on.hpp"
#include "proxy/tools/nearest.hpp"

#include <optional>
#include <utility>

namespace whogoes::tools {
namespace {

using Ids = std::set<std::string, std::less<>>;

// What is wrong with the words; empty: nothing.
std::string take_ids(const char* flag, const std::vector<std::string>& words, Ids& into) {
    auto ids = fail_on_ids(words);
    if (!ids.has_value()) return std::string(flag).append(": ").append(ids.error());
    for (std::string& id : *ids) into.insert(std::move(id));
    return {};
}

template <class Level>
bool take_level(const std::string& word, std::initializer_list<Level> levels, Level& into) {
    if (word.empty()) return true;
    for (const Level level : levels)
        if (word == rules::name(level)) {
            into = level;
            return true;
        }
    return false;
}

std::string no_level(const char* flag, const std::string& word, const char* choices) {
    std::string flaw(flag);
    return flaw.append(" is one of ").append(choices).append(did_you_mean(word, choices));
}

}  // namespace

rules::Result<LintChoice, std::string> LintChoice::from(const LintRequest& request) {
    using rules::Confidence, rules::Severity;
    LintChoice choice;
    std::vector<std::string> failing = request.fail_on;
    if (failing.empty()) failing = {"error"};
    if (failing == std::vector<std::string>{"none"}) failing.clear();
    std::string flaw = take_ids("--fail-on", failing, choice.failing_);
    if (flaw.empty()) flaw = take_ids("--select", request.select, choice.selected_);
    if (flaw.empty()) flaw = take_ids("--ignore", request.ignore, choice.ignored_);
    if (flaw.empty() &&
        !take_level(request.severity, {Severity::info, Severity::warning, Severity::error},
                    choice.severity_))
        flaw = no_level("--severity", request.severity, "info|warning|error");
    if (flaw.empty() && !take_level(request.confidence,
                                    {Confidence::possible, Confidence::likely, Confidence::certain},
                                    choice.confidence_))
        flaw = no_level("--confidence", request.confidence, "possible|likely|certain");
    if (!flaw.empty())
        return rules::Result<LintChoice, std::string>(boost::system::in_place_error, flaw);
    return choice;
}

bool LintChoice::wants(const rules::Finding& finding) const {
    return finding.evidence.confidence >= confidence_ && is_chosen(finding.cause->id);
}

bool LintChoice::wants(const rules::Violation& violation) const {
    return violation.rule->severity >= severity_ && is_chosen(violation.rule->id);
}

}  // namespace whogoes::tools
