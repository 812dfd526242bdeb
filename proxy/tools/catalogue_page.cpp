#include "proxy/tools/catalogue_rows.hpp"
#include "rules/text.hpp"

// The catalogue as a page: a section per row, whose heading is the id, so that #ID leads to it.
namespace whogoes::tools {
namespace {

constexpr std::string_view introduction =
    R"(# The causes and the rules

<!-- Written by `whogoes causes -o markdown`; a test compares. Mend the rows in rules/catalogue.cpp and rules/rulebook.cpp. -->

A cause says why a request was refused; a rule is a duty that the answer broke. Each has a section here whose anchor is its id.
`whogoes causes ID` prints the same, with the systems that are known to tell of it and a case from the field.

*Certain* is earned: a finding has to be a proof, which would make any correct server refuse, the answer must not give another reason,
no second credential may have been the one that was read, and what this API accepted a moment ago must not speak against it. What only
the answer's words say is *likely* at most. How a verdict is formed stands in [README.md](README.md).
)";

// Text of a row as Markdown: what would be a tag or a mark of its own stands as it is. Inside of a
// word "_" is none.
std::string escaped(std::string_view text) {
    std::string out;
    char before = ' ';
    for (const char c : text) {
        const bool underscore = c == '_' && !rules::is_alpha(before) && !rules::is_digit(before);
        if (underscore || c == '<' || c == '*' || c == '[' || c == '`') out += '\\';
        out += before = c;
    }
    return out;
}

// Between backticks: as many as the text does not have.
std::string as_code(std::string_view text) {
    const bool ticks = text.find('`') != std::string_view::npos;
    return ticks ? "`` " + std::string(text) + " ``" : "`" + std::string(text) + "`";
}

void point(std::string& out, std::string_view name, std::string_view text) {
    if (text.empty()) return;
    out.append("- ").append(name).append(": ").append(text).append("\n");
}

std::string section_of(const rules::Cause& cause) {
    std::string out = "\n### " + std::string(cause.id) + "\n\n";
    out += "**" + escaped(cause.summary) + ".** " + escaped(cause.advice) + ".\n\n";
    point(out, "for example", as_code(cause.example));
    point(out, "who acts",
          std::string(rules::name(cause.who_acts)) +
              (cause.cure == rules::Cure::refresh_token ? "; a renewed token may cure it" : ""));
    point(out, "status due", status_due(cause));
    if (!cause.bearer_error.empty()) point(out, "error code", as_code(cause.bearer_error));
    point(out, "how sure", escaped(cause.certain_when));
    point(out, "see", cause.section);
    return out;
}

std::string section_of(const rules::Rule& rule) {
    std::string out = "\n### " + std::string(rule.id) + "\n\n";
    const std::string_view end =
        rule.summary.ends_with('.') || rule.summary.ends_with(".)") ? "" : ".";
    out += "**" + escaped(rule.summary) + std::string(end) + "** " + escaped(rule.advice) + ".\n\n";
    if (!rule.example.empty()) point(out, "broken by", as_code(rule.example));
    point(out, "severity", rules::name(rule.severity));
    point(out, "level", escaped(rule.level));
    point(out, "see", rule.section);
    return out;
}

}  // namespace

std::string_view status_due(const rules::Cause& cause) noexcept {
    switch (cause.due) {
        case rules::Due::unauthorized:
            return "401";
        case rules::Due::forbidden:
            return "403";
        case rules::Due::neither:
            break;
    }
    return {};
}

std::string catalogue_sections(const CatalogueRows& rows) {
    std::string out;
    if (!rows.causes.empty()) out += "\n## Causes\n";
    for (const rules::Cause* const cause : rows.causes) out += section_of(*cause);
    if (!rows.rules.empty()) out += "\n## Rules\n";
    for (const rules::Rule* const rule : rows.rules) out += section_of(*rule);
    return out;
}

std::string catalogue_page() { return std::string(introduction) + catalogue_sections(all_rows()); }

}  // namespace whogoes::tools
