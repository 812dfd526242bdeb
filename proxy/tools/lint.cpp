#include "proxy/tools/lint.hpp"

#include "proxy/tools/lint_judge.hpp"

namespace whogoes::tools {

Linted lint_recorded(const std::vector<Recorded>& recording, const LintRequest& request,
                     rules::TimePoint now, const std::set<std::string>& known) {
    const auto choice = LintChoice::from(request);
    if (!choice.has_value()) return {"", choice.error(), 2};
    const LintResult result = judge(recording, request, now, *choice, known);
    Linted linted;
    linted.exit_code = result.tally.failed ? 1 : 0;
    switch (request.form) {
        case LintForm::text:
            linted.text = lint_text(result, request);
            break;
        case LintForm::json:
            linted.text = lint_json(result);
            break;
        case LintForm::sarif:
            linted.text = lint_sarif(result, request);
            break;
        case LintForm::junit:
            linted.text = lint_junit(result);
            break;
        case LintForm::github:
            linted.text = lint_github(result);
            break;
    }
    return linted;
}

std::set<std::string> finding_keys(const std::vector<Recorded>& recording,
                                   const LintRequest& request, rules::TimePoint now) {
    LintRequest all = request;
    all.select.clear();
    all.ignore.clear();
    all.severity.clear();
    all.confidence.clear();
    all.progress = nullptr;
    std::set<std::string> keys;
    const auto choice = LintChoice::from(all);
    if (!choice.has_value()) return keys;  // said by whoever judges with it
    for (const Judged& judged : judge(recording, all, now, *choice, {}).judged) {
        if (judged.event.diagnosis.main)
            keys.insert(finding_key(judged.event.diagnosis.main->cause->id, judged.event));
        for (const rules::Violation& violation : judged.event.diagnosis.violations)
            keys.insert(finding_key(violation.rule->id, judged.event));
    }
    return keys;
}

}  // namespace whogoes::tools
