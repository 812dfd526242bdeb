#include "proxy/report/console_tree.hpp"

#include "proxy/report/advice.hpp"
#include "proxy/report/console_text.hpp"
#include "proxy/report/record.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace whogoes::report {
namespace {

constexpr std::size_t most_rules = 3;         // lines of a tree
constexpr std::size_t most_lines_in_dev = 4;  // of the terminal, the row included
constexpr std::size_t branch_width = 16;
constexpr std::size_t label_width = 6;

// What may be left out last comes first.
enum class Rank : std::uint8_t { did, api, fix, did_more, why, rule };

struct Branch {
    Rank rank;
    std::string text;  // made safe
};

// "RFC 9110, 15.5.2, 11.6.1" is cited by its first section.
std::string cited(std::string_view section, const ConsoleText& text) {
    if (section.empty()) return {};
    const std::size_t comma = section.find(',');
    if (comma == std::string_view::npos) return " (" + std::string(section) + ")";
    std::string_view number = section.substr(comma + 1);
    number = number.substr(0, number.find(','));
    const std::size_t begin = number.find_first_not_of(' ');
    if (begin == std::string_view::npos) return " (" + std::string(section.substr(0, comma)) + ")";
    return " (" + std::string(section.substr(0, comma)) + " " + text.section() +
           std::string(number.substr(begin)) + ")";
}

std::string jwt_line(const AuthEvent& event, const ConsoleText& text, bool local) {
    const JwtSummary& jwt = event.jwt;
    std::string out;
    const auto add = [&](const std::string& part) {
        if (!out.empty()) out += text.dot();
        out += part;
    };
    if (jwt.exp != 0) add("exp " + moment_text(jwt.exp, event.time, local));
    if (jwt.iat != 0) {
        std::string issued = "issued " + moment_text(jwt.iat, event.time, local);
        if (jwt.exp > jwt.iat) issued += ", lived " + duration_words(jwt.exp - jwt.iat);
        add(issued);
    }
    if (!jwt.iss.empty()) add("iss " + text.plain(host_of(jwt.iss)));
    return out;
}

std::string rule_line(const AuthEvent& event, const rules::Violation& violation,
                      const ConsoleText& text) {
    const std::string_view words = violation.evidence.words.empty()
                                       ? violation.rule->summary
                                       : std::string_view(violation.evidence.words);
    std::string out = "rule  " + text.plain(words) + cited(violation.rule->section, text);
    if (violation.rule->id != "unauthorized-without-challenge") return out;
    const std::vector<std::string>& sent =
        event.injected.empty() ? event.would_send : event.injected;
    if (sent.empty()) return out;
    out += event.injected.empty() ? "; would send: " : "; added: ";
    for (std::size_t i = 0; i < sent.size(); ++i) out += (i == 0 ? "" : ", ") + text.plain(sent[i]);
    return out;
}

void add_changes(std::vector<Branch>& branches, const AuthEvent& event, const ConsoleText& text) {
    for (std::size_t i = 0; i < event.changes.size(); ++i)
        branches.push_back(
            {i == 0 ? Rank::did : Rank::did_more, "did   " + text.plain(event.changes[i])});
}

bool quotes(const std::vector<Branch>& branches, std::string_view message) {
    return std::any_of(branches.begin(), branches.end(), [&](const Branch& branch) {
        return branch.text.find(message) != std::string::npos;
    });
}

void add_why(std::vector<Branch>& branches, const AuthEvent& event, const ConsoleText& text,
             bool local) {
    const rules::Diagnosis& diagnosis = event.diagnosis;
    std::string jwt = event.has_jwt ? jwt_line(event, text, local) : std::string();
    const bool said =
        diagnosis.main && diagnosis.main->cause->has(rules::Trait::ran_out) && !jwt.empty();
    if (diagnosis.main && !said && !diagnosis.main->evidence.words.empty())
        branches.push_back({Rank::why, text.plain(diagnosis.main->evidence.words)});
    if (event.rpc.code > 0)
        branches.push_back({Rank::api, "api   " + text.plain(status_words(event.rpc))});
    // Words that name the system need no other line for it.
    if (!diagnosis.system.empty() && !quotes(branches, diagnosis.system))
        branches.push_back({Rank::rule, "api   " + text.plain(diagnosis.system)});
    if (!jwt.empty()) branches.push_back({Rank::why, std::move(jwt)});
}

void add_rules(std::vector<Branch>& branches, const AuthEvent& event, const ConsoleText& text) {
    std::size_t rules = 0;
    for (const rules::Violation& violation : event.diagnosis.violations) {
        if (violation.rule == nullptr || ++rules > most_rules) continue;
        branches.push_back({Rank::rule, rule_line(event, violation, text)});
    }
    if (rules > most_rules)
        branches.push_back(
            {Rank::rule, "rule  and " + std::to_string(rules - most_rules) + " more"});
}

std::vector<Branch> branches_of(const AuthEvent& event, const ConsoleStyle& style) {
    const ConsoleText text(style);
    std::vector<Branch> branches;
    add_why(branches, event, text, style.local_time);
    if (!event.upstream_message.empty() && !quotes(branches, event.upstream_message))
        branches.push_back({Rank::api, "api   \"" + text.plain(event.upstream_message) + "\""});
    add_rules(branches, event, text);
    add_changes(branches, event, text);
    if (const std::string advice = advice_of(event); !advice.empty())
        branches.push_back({Rank::fix, "fix   " + text.plain(advice)});
    return branches;
}

// What is left out is in the log: each branch gets a line by its rank, and then what it lacks of
// the lines that are left.
std::vector<std::string> fitted(const std::vector<Branch>& branches, const ConsoleText& text,
                                std::size_t width, std::size_t most) {
    std::vector<std::size_t> order(branches.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t one, std::size_t other) {
        return branches[one].rank < branches[other].rank;
    });
    order.resize(std::min(order.size(), most));
    std::size_t spare = most - order.size();
    std::vector<std::vector<std::string>> taken(branches.size());
    for (const std::size_t i : order) {
        const std::size_t indent = branches[i].rank == Rank::why ? 0 : label_width;
        taken[i] = wrapped(branches[i].text, width, indent, 1 + spare, text.ellipsis());
        spare -= taken[i].size() - 1;
    }
    std::vector<std::string> lines;
    for (std::vector<std::string>& of_branch : taken)
        std::move(of_branch.begin(), of_branch.end(), std::back_inserter(lines));
    return lines;
}

}  // namespace

std::vector<std::string> console_tree(const AuthEvent& event, const ConsoleStyle& style,
                                      std::size_t row_columns) {
    const std::vector<Branch> branches = branches_of(event, style);
    std::vector<std::string> lines;
    if (style.dev) {
        const auto columns = static_cast<std::size_t>(std::max(style.columns, 40));
        const std::size_t row_lines =
            std::max<std::size_t>(1, (row_columns + columns - 1) / columns);
        const std::size_t most = most_lines_in_dev - std::min(row_lines, most_lines_in_dev);
        return fitted(branches, ConsoleText(style), columns - branch_width, most);
    }
    lines.reserve(branches.size());
    for (const Branch& branch : branches) lines.push_back(branch.text);
    return lines;
}

}  // namespace whogoes::report
