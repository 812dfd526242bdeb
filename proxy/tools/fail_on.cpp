#include "proxy/tools/fail_on.hpp"

#include "proxy/tools/log_filter.hpp"
#include "proxy/tools/nearest.hpp"
#include "rules/diagnosis.hpp"

#include <algorithm>
#include <optional>

namespace whogoes::tools {
namespace {

std::optional<rules::Severity> severity_named(const std::string& word) {
    for (const auto severity :
         {rules::Severity::info, rules::Severity::warning, rules::Severity::error})
        if (word == rules::name(severity)) return severity;
    return std::nullopt;
}

// Those that fit "cors-*"; false: none does.
bool add_like(const std::string& glob, std::vector<std::string>& ids) {
    const std::size_t before = ids.size();
    for (const rules::RuleRow& row : rules::rulebook())
        if (glob_matches(glob, row.rule.id)) ids.emplace_back(row.rule.id);
    for (const rules::CauseRow& row : rules::catalogue())
        if (glob_matches(glob, row.cause.id)) ids.emplace_back(row.cause.id);
    return ids.size() > before;
}

std::string known_words() {
    std::string words = "info|warning|error";
    for (const rules::RuleRow& row : rules::rulebook()) words.append("|").append(row.rule.id);
    for (const rules::CauseRow& row : rules::catalogue()) words.append("|").append(row.cause.id);
    return words;
}

}  // namespace

std::vector<std::string> split_commas(const std::string& text) {
    std::vector<std::string> words;
    for (std::size_t at = 0; at <= text.size();) {
        const auto end = std::min(text.find(',', at), text.size());
        const auto first = text.find_first_not_of(" \t\r\n", at);
        if (first < end) {
            const auto last = text.find_last_not_of(" \t\r\n", end - 1);
            words.push_back(text.substr(first, last - first + 1));
        }
        at = end + 1;
    }
    return words;
}

rules::Result<std::vector<std::string>, std::string> fail_on_ids(
    const std::vector<std::string>& words) {
    std::vector<std::string> ids;
    for (const std::string& text : words)
        for (const std::string& word : split_commas(text)) {
            if (const auto severity = severity_named(word)) {
                for (const rules::RuleRow& row : rules::rulebook())
                    if (row.rule.severity >= *severity) ids.emplace_back(row.rule.id);
            } else if (rules::find_cause(word) || rules::find_rule(word)) {
                ids.push_back(word);
            } else if (word.find('*') != std::string::npos && add_like(word, ids)) {
                continue;
            } else {
                return "\"" + word.substr(0, 60) + "\" is no cause, rule or severity" +
                       did_you_mean(word, known_words()) + (" (`whogoes causes` lists them)");
            }
        }
    return ids;
}

}  // namespace whogoes::tools
