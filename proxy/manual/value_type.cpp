#include "proxy/manual/value_type.hpp"

#include "proxy/tools/log.hpp"
#include "rules/diagnosis.hpp"
#include "rules/dialect.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace whogoes::manual {
namespace {

using Choices = std::vector<Choice>;

void add_causes(Choices& into) {
    for (const rules::CauseRow& row : rules::catalogue())
        into.push_back({std::string(row.cause.id), std::string(row.cause.summary)});
}

void add_rules(Choices& into) {
    for (const rules::RuleRow& row : rules::rulebook())
        into.push_back({std::string(row.rule.id), std::string(row.rule.summary)});
}

// A cause and a rule may share an id.
void add_ids(Choices& into) {
    add_causes(into);
    add_rules(into);
    std::stable_sort(into.begin(), into.end(),
                     [](const Choice& a, const Choice& b) { return a.word < b.word; });
    const auto same = [](const Choice& a, const Choice& b) { return a.word == b.word; };
    into.erase(std::unique(into.begin(), into.end(), same), into.end());
}

void add_severities(Choices& into) {
    for (const auto severity :
         {rules::Severity::info, rules::Severity::warning, rules::Severity::error})
        into.push_back({std::string(rules::name(severity)), "every rule of it or above"});
}

void add_dialects(Choices& into) {
    for (const rules::Dialect& dialect : rules::builtin_dialects())
        into.push_back({std::string(dialect.id), std::string(dialect.name)});
}

void add_methods(Choices& into) {
    for (const char* method : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
        into.push_back({method, ""});
}

void add_columns(Choices& into) {
    std::string_view rest = tools::log_columns;
    while (!rest.empty()) {
        const auto bar = std::min(rest.find('|'), rest.size());
        into.push_back({std::string(rest.substr(0, bar)), ""});
        rest.remove_prefix(std::min(bar + 1, rest.size()));
    }
}

struct Kind {
    std::string_view name;
    void (*add)(Choices&) = nullptr;
};

constexpr std::array kinds{Kind{"CAUSE", add_causes},
                           Kind{"RULE", add_rules},
                           Kind{"ID", add_ids},
                           Kind{"SEVERITY", add_severities},
                           Kind{"DIALECT", add_dialects},
                           Kind{"METHOD", add_methods},
                           Kind{"COLUMN", add_columns},
                           Kind{"FILE"},
                           Kind{"PATH"},
                           Kind{"URL"},
                           Kind{"ADDR"},
                           Kind{"N"},
                           Kind{"CHALLENGE"},
                           Kind{"TOKEN"},
                           Kind{"LINE"},
                           Kind{"TEXT"},
                           Kind{"DURATION"},
                           Kind{"TIME"},
                           Kind{"GLOB"},
                           Kind{"ROUTE"},
                           Kind{"STATUS"},
                           Kind{"PREFIX"}};

bool capital(char c) { return c >= 'A' && c <= 'Z'; }

void require_known(const std::string& word) {
    const bool known = std::any_of(kinds.begin(), kinds.end(),
                                   [&](const Kind& kind) { return kind.name == word; });
    if (!word.empty() && capital(word.front()) && !known)
        throw std::invalid_argument("no kind of value is called " + word);
}

}  // namespace

bool Alternative::is_kind() const { return capital(word.front()); }

ValueType read_value_type(std::string_view text) {
    constexpr std::string_view more = ",...";
    ValueType type;
    type.list = text.ends_with(more);
    if (type.list) text.remove_suffix(more.size());
    if (text.empty()) throw std::invalid_argument("a value has a type without words");
    while (!text.empty()) {
        const auto bar = std::min(text.find('|'), text.size());
        const std::string_view both = text.substr(0, bar);
        const auto blank = std::min(both.find(' '), both.size());
        const std::string_view next = both.substr(std::min(blank + 1, both.size()));
        type.alternatives.push_back({std::string(both.substr(0, blank)), std::string(next)});
        require_known(type.alternatives.back().word);
        require_known(type.alternatives.back().next);
        text.remove_prefix(std::min(bar + 1, text.size()));
    }
    return type;
}

bool names_file(std::string_view kind) { return kind == "FILE" || kind == "PATH"; }

std::vector<Choice> words_of(std::string_view name) {
    Choices choices;
    for (const Kind& kind : kinds)
        if (kind.name == name && kind.add != nullptr) kind.add(choices);
    return choices;
}

std::vector<std::string_view> listed_kinds() {
    std::vector<std::string_view> names;
    for (const Kind& kind : kinds)
        if (kind.add != nullptr) names.push_back(kind.name);
    return names;
}

}  // namespace whogoes::manual
