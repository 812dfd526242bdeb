#include "proxy/tools/causes.hpp"

#include "proxy/tools/nearest.hpp"
#include "proxy/tools/words.hpp"
#include "rules/diagnosis.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace whogoes::tools {
namespace {

namespace json = boost::json;

json::object json_of_row(const rules::Cause& cause) {
    return {{"kind", "cause"},
            {"id", cause.id},
            {"tier", std::string(1, cause.tier)},
            {"who_acts", rules::name(cause.who_acts)},
            {"cure", cause.cure == rules::Cure::refresh_token ? "refresh_token" : "none"},
            {"bearer_error", cause.bearer_error},
            {"summary", cause.summary},
            {"advice", cause.advice},
            {"section", cause.section}};
}

json::object json_of_row(const rules::Rule& rule) {
    return {
        {"kind", "rule"},       {"id", rule.id},           {"severity", rules::name(rule.severity)},
        {"level", rule.level},  {"section", rule.section}, {"summary", rule.summary},
        {"advice", rule.advice}};
}

void line(std::string& out, std::string_view name, std::string_view text) {
    if (text.empty()) return;
    std::string start = "  " + std::string(name);
    start.resize(std::max<std::size_t>(start.size() + 1, 12), ' ');
    out += start + folded(text, std::string(12, ' ')) + "\n";
}

std::string text_of(const rules::Cause& cause) {
    std::string out = std::string(cause.id) + " (cause)\n";
    line(out, "what", cause.summary);
    line(out, "fix", cause.advice);
    line(out, "who acts", rules::name(cause.who_acts));
    line(out, "error", cause.bearer_error);
    line(out, "see", cause.section);
    return out;
}

std::string text_of(const rules::Rule& rule) {
    std::string out = std::string(rule.id) + " (rule)\n";
    line(out, "duty", rule.summary);
    line(out, "fix", rule.advice);
    line(out, "severity", rules::name(rule.severity));
    line(out, "level", rule.level);
    line(out, "see", rule.section);
    return out;
}

std::string padded(std::string_view text, std::size_t width) {
    std::string out(text);
    out.resize(std::max(out.size() + 1, width), ' ');
    return out;
}

std::string text_of_all() {
    const std::string indent(32, ' ');
    std::string out = "Causes: why a request was refused, in the order of decision\n";
    for (const rules::CauseRow& row : rules::catalogue())
        out +=
            padded("  " + std::string(row.cause.id), 32) + folded(row.cause.summary, indent) + "\n";
    out += "\nRules: what an answer must do\n";
    for (const rules::RuleRow& row : rules::rulebook())
        out += "  " + padded(row.rule.id, 40) + padded(rules::name(row.rule.severity), 8) +
               std::string(row.rule.section) + "\n    " + folded(row.rule.summary, "    ") + "\n";
    return out + "\n`whogoes causes ID` tells all about one of them.\n";
}

std::string json_of_all() {
    json::array rows;
    for (const rules::CauseRow& row : rules::catalogue()) rows.push_back(json_of_row(row.cause));
    for (const rules::RuleRow& row : rules::rulebook()) rows.push_back(json_of_row(row.rule));
    return json::serialize(rows) + "\n";
}

// A bar would end the cell.
std::string cell(std::string_view text) {
    std::string out;
    for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
    return out;
}

std::string markdown_of_all() {
    std::string out = "| cause | what | who acts | what to do |\n|---|---|---|---|\n";
    for (const rules::CauseRow& row : rules::catalogue())
        out += "| `" + std::string(row.cause.id) + "` | " + cell(row.cause.summary) + " | " +
               std::string(rules::name(row.cause.who_acts)) + " | " + cell(row.cause.advice) +
               " |\n";
    out += "\n| rule | severity | duty | where |\n|---|---|---|---|\n";
    for (const rules::RuleRow& row : rules::rulebook())
        out += "| `" + std::string(row.rule.id) + "` | " +
               std::string(rules::name(row.rule.severity)) + " | " + cell(row.rule.summary) +
               " | " + cell(row.rule.section) + " |\n";
    return out;
}

}  // namespace

std::optional<std::string> causes(std::string_view id, CauseFormat format) {
    if (id.empty())
        return format == CauseFormat::json       ? json_of_all()
               : format == CauseFormat::markdown ? markdown_of_all()
                                                 : text_of_all();
    const bool as_json = format == CauseFormat::json;
    if (const rules::Cause* cause = rules::find_cause(id))
        return as_json ? json::serialize(json_of_row(*cause)) + "\n" : text_of(*cause);
    if (const rules::Rule* rule = rules::find_rule(id))
        return as_json ? json::serialize(json_of_row(*rule)) + "\n" : text_of(*rule);
    return std::nullopt;
}

std::string nearest_cause(std::string_view id) {
    std::string all;
    for (const rules::CauseRow& row : rules::catalogue()) all.append("|").append(row.cause.id);
    for (const rules::RuleRow& row : rules::rulebook()) all.append("|").append(row.rule.id);
    return did_you_mean(id, all);
}

}  // namespace whogoes::tools
