#include "proxy/tools/causes.hpp"

#include "proxy/tools/catalogue_rows.hpp"
#include "proxy/tools/nearest.hpp"
#include "proxy/tools/words.hpp"
#include "rules/dialect.hpp"
#include "rules/sample.hpp"
#include "rules/text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace whogoes::tools {
namespace {

namespace json = boost::json;

constexpr std::size_t most_systems = 8;

// The systems that have words or codes of their own for a cause, in the tables' order.
std::vector<std::string_view> systems_that_tell(std::string_view cause) {
    std::vector<std::string_view> names;
    for (const rules::Dialect& dialect : rules::builtin_dialects()) {
        if (dialect.marks.empty()) continue;
        const bool tells =
            std::any_of(dialect.sayings.begin(), dialect.sayings.end(),
                        [&](const rules::Saying& one) { return one.cause == cause; });
        if (tells) names.push_back(dialect.name);
    }
    return names;
}

json::value json_of_sample(const rules::Sample* sample) {
    if (sample == nullptr) return nullptr;
    return json::object{{"system", sample->system},
                        {"title", sample->title},
                        {"source", sample->source},
                        {"request", sample->request},
                        {"response", sample->answer}};
}

json::object json_of_row(const rules::Cause& cause) {
    const auto systems = systems_that_tell(cause.id);
    return {{"kind", "cause"},
            {"id", cause.id},
            {"tier", std::string(1, cause.tier)},
            {"who_acts", rules::name(cause.who_acts)},
            {"cure", cause.cure == rules::Cure::refresh_token ? "refresh_token" : "none"},
            {"bearer_error", cause.bearer_error},
            {"summary", cause.summary},
            {"advice", cause.advice},
            {"example", cause.example},
            {"status_due", status_due(cause)},
            {"certain_when", cause.certain_when},
            {"section", cause.section},
            {"docs", docs_of(cause.id)},
            {"systems", json::array(systems.begin(), systems.end())},
            {"case", json_of_sample(rules::find_sample(cause.id))}};
}

json::object json_of_row(const rules::Rule& rule) {
    return {{"kind", "rule"},
            {"id", rule.id},
            {"severity", rules::name(rule.severity)},
            {"level", rule.level},
            {"section", rule.section},
            {"summary", rule.summary},
            {"advice", rule.advice},
            {"example", rule.example},
            {"docs", docs_of(rule.id)}};
}

void line(std::string& out, std::string_view name, std::string_view text) {
    if (text.empty()) return;
    std::string start = "  " + std::string(name);
    start.resize(std::max<std::size_t>(start.size() + 1, 12), ' ');
    out += start + folded(text, std::string(12, ' ')) + "\n";
}

std::string first_of(const std::vector<std::string_view>& names) {
    std::string out;
    for (std::size_t i = 0; i < std::min(names.size(), most_systems); ++i)
        out += (i == 0 ? "" : ", ") + std::string(names[i]);
    if (names.size() > most_systems)
        out += " and " + std::to_string(names.size() - most_systems) + " more";
    return out;
}

void message(std::string& out, std::string_view lines) {
    while (!lines.empty()) {
        const std::size_t end = std::min(lines.find('\n'), lines.size());
        const std::string_view text = lines.substr(0, end);
        out.append(text.empty() ? "" : "              ").append(text).append("\n");
        lines.remove_prefix(std::min(end + 1, lines.size()));
    }
}

void write_case(std::string& out, const rules::Sample* sample) {
    if (sample == nullptr) return line(out, "a case", "none among the known systems' files");
    line(out, "a case", std::string(sample->system) + ": " + std::string(sample->title));
    line(out, "", sample->source);
    message(out, sample->request);
    out += "\n";
    message(out, sample->answer);
}

std::string text_of(const rules::Cause& cause) {
    std::string out = std::string(cause.id) + " (cause)\n";
    line(out, "what", cause.summary);
    line(out, "example", cause.example);
    line(out, "fix", cause.advice);
    line(out, "who acts", rules::name(cause.who_acts));
    line(out, "status", status_due(cause));
    line(out, "error", cause.bearer_error);
    line(out, "how sure", cause.certain_when);
    line(out, "told by", first_of(systems_that_tell(cause.id)));
    line(out, "see", cause.section);
    line(out, "docs", docs_of(cause.id));
    write_case(out, rules::find_sample(cause.id));
    return out;
}

std::string text_of(const rules::Rule& rule) {
    std::string out = std::string(rule.id) + " (rule)\n";
    line(out, "duty", rule.summary);
    line(out, "broken by", rule.example);
    line(out, "fix", rule.advice);
    line(out, "severity", rules::name(rule.severity));
    line(out, "level", rule.level);
    line(out, "see", rule.section);
    line(out, "docs", docs_of(rule.id));
    return out;
}

std::string padded(std::string_view text, std::size_t width) {
    std::string out(text);
    out.resize(std::max(out.size() + 1, width), ' ');
    return out;
}

std::string text_list(const CatalogueRows& rows) {
    const std::string indent(32, ' ');
    std::string out;
    if (!rows.causes.empty())
        out += "Causes: why a request was refused, in the order of decision\n";
    for (const rules::Cause* const cause : rows.causes)
        out += padded("  " + std::string(cause->id), 32) + folded(cause->summary, indent) + "\n";
    if (!rows.rules.empty())
        out += std::string(out.empty() ? "" : "\n") + "Rules: what an answer must do\n";
    for (const rules::Rule* const rule : rows.rules)
        out += "  " + padded(rule->id, 40) + padded(rules::name(rule->severity), 8) +
               std::string(rule->section) + "\n    " + folded(rule->summary, "    ") + "\n";
    return out + "\n`whogoes causes ID` tells all about one of them.\n";
}

std::string text_in_full(const CatalogueRows& rows) {
    std::string out;
    for (const rules::Cause* const cause : rows.causes) out += text_of(*cause);
    for (const rules::Rule* const rule : rows.rules)
        out += (out.empty() ? "" : "\n") + text_of(*rule);
    return out;
}

std::string json_text(const CatalogueRows& rows, bool as_list) {
    json::array list;
    for (const rules::Cause* const cause : rows.causes) list.push_back(json_of_row(*cause));
    for (const rules::Rule* const rule : rows.rules) list.push_back(json_of_row(*rule));
    return (as_list || list.size() != 1 ? json::serialize(list) : json::serialize(list[0])) + "\n";
}

// Whether a word of the text begins with this, without regard to case.
bool has_word(std::string_view text, std::string_view word) {
    const auto inside = [](char c) { return rules::is_alpha(c) || rules::is_digit(c); };
    for (std::size_t at = 0; at + word.size() <= text.size(); ++at)
        if ((at == 0 || !inside(text[at - 1])) && rules::istarts_with(text.substr(at), word))
            return true;
    return false;
}

// The rows for which `fits` holds, put behind those that are there.
template <class Fits>
void add_rows(CatalogueRows& rows, Fits fits) {
    const auto add = [&](auto& list, const auto& row) {
        if (std::find(list.begin(), list.end(), &row) == list.end() && fits(row))
            list.push_back(&row);
    };
    for (const rules::CauseRow& row : rules::catalogue()) add(rows.causes, row.cause);
    for (const rules::RuleRow& row : rules::rulebook()) add(rows.rules, row.rule);
}

CatalogueRows rows_with(std::string_view word) {
    CatalogueRows rows;
    add_rows(rows, [&](const auto& row) { return rules::iequals(row.id, word); });
    if (rows.size() > 0) return rows;
    add_rows(rows, [&](const auto& row) { return rules::istarts_with(row.id, word); });
    add_rows(rows, [&](const auto& row) {
        return has_word(row.id, word) || has_word(row.summary, word) || has_word(row.advice, word);
    });
    return rows;
}

}  // namespace

CatalogueRows all_rows() {
    CatalogueRows rows;
    add_rows(rows, [](const auto&) { return true; });
    return rows;
}

std::string docs_of(std::string_view id) { return "rules/CATALOGUE.md#" + std::string(id); }

std::optional<std::string> causes(std::string_view word, CauseFormat format) {
    const bool all = word.empty();
    const CatalogueRows rows = all ? all_rows() : rows_with(word);
    if (rows.size() == 0) return std::nullopt;
    if (format == CauseFormat::json) return json_text(rows, all);
    if (format == CauseFormat::markdown) return all ? catalogue_page() : catalogue_sections(rows);
    const bool one = rows.causes.size() <= 1 && rows.rules.size() <= 1;
    return one ? text_in_full(rows) : text_list(rows);
}

std::string nearest_cause(std::string_view id) {
    std::string all;
    for (const rules::CauseRow& row : rules::catalogue()) all.append("|").append(row.cause.id);
    for (const rules::RuleRow& row : rules::rulebook()) all.append("|").append(row.rule.id);
    return did_you_mean(id, all);
}

}  // namespace whogoes::tools
