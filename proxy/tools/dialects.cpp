#include "proxy/tools/dialects.hpp"

#include "proxy/dialects/cases.hpp"
#include "proxy/dialects/file.hpp"
#include "proxy/dialects/seen.hpp"
#include "proxy/tools/nearest.hpp"

#include <algorithm>
#include <span>

namespace whogoes::tools {
namespace {

using namespace rules;

std::string in_quotes(std::string_view text) {
    std::string out = "'";
    for (const char c : text) out.append(c == '\'' ? 2 : 1, c);
    return out += '\'';
}

std::string_view key_of(const Term& term, bool mark) {
    switch (term.asks) {
        case Asks::code:
            return "code";
        case Asks::text:
            return "text";
        case Asks::unless:
            return "unless";
        case Asks::field:
            return "field";
        case Asks::member:
            return "member";
        case Asks::body:
            return "body";
        case Asks::status:
            return "status";
        case Asks::request_field:
            return mark ? "sent" : "field";
        case Asks::sent:
            return "sent";
        case Asks::path:
            return "path";
        case Asks::method:
            return "method";
        case Asks::host:
            return "host";
    }
    return {};
}

std::string term_text(const Term& term, bool mark) {
    std::string out = std::string(key_of(term, mark)) + ": ";
    if (term.asks == Asks::status) {
        std::string list;
        for (const std::uint16_t status : term.statuses)
            if (status != 0) list += (list.empty() ? "" : ", ") + std::to_string(status);
        return out + "[" + list + "]";
    }
    if (term.asks == Asks::sent) return out.append(dialects::word_of(term.sent));
    if (term.name.empty()) return out + in_quotes(term.words);
    out += in_quotes(term.name);
    return term.words.empty() ? out : out + ", has: " + in_quotes(term.words);
}

std::string condition_text(Condition when, bool mark) {
    std::string out, unless;
    for (const Term& term : when) {
        if (term.asks == Asks::unless) {
            unless += (unless.empty() ? "" : ", ") + in_quotes(term.words);
            continue;
        }
        out += (out.empty() ? "" : ", ") + term_text(term, mark);
    }
    return unless.empty() ? out : out + ", unless: [" + unless + "]";
}

}  // namespace

std::string list_dialects() {
    std::size_t widest = 0;
    for (const Dialect& one : builtin_dialects()) widest = std::max(widest, one.id.size());
    std::string out;
    for (const Dialect& one : builtin_dialects()) {
        out += std::string(one.id) + std::string(widest + 2 - one.id.size(), ' ');
        out += std::string(one.name) + ": " + std::to_string(one.sayings.size()) +
               (one.sayings.size() == 1 ? " saying" : " sayings");
        if (!one.quirks.empty())
            out += ", " + std::to_string(one.quirks.size()) +
                   (one.quirks.size() == 1 ? " quirk" : " quirks");
        out += one.marks.empty() ? "; asked of every answer\n" : "\n";
    }
    return out;
}

std::optional<std::string> show_dialect(std::string_view id) {
    const std::span<const Dialect> all = builtin_dialects();
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Dialect& one) { return one.id == id; });
    if (found == all.end()) return std::nullopt;
    std::string out = "name: " + in_quotes(found->name) + "\n";
    if (found->layer != Layer::own)
        out.append("layer: ").append(dialects::word_of(found->layer)).append("\n");
    if (found->in_successes) out += "in_successes: true\n";
    if (!found->marks.empty()) out += "\nmarks:\n";
    for (const Condition& mark : found->marks) out += "  - {" + condition_text(mark, true) + "}\n";
    if (!found->sayings.empty()) out += "\nsayings:\n";
    for (const Saying& one : found->sayings) {
        out += "  - {" + condition_text(one.when, false) + ", cause: " + std::string(one.cause);
        if (!one.advice.empty()) out += ", advice: " + in_quotes(one.advice);
        out += one.weak ? ", weak: true}\n" : "}\n";
    }
    if (!found->quirks.empty()) out += "\nquirks:\n";
    for (const std::string_view quirk : found->quirks)
        out += "  - {not: " + std::string(quirk) + "}\n";
    return out;
}

std::string nearest_dialect(std::string_view id) {
    std::string ids;
    for (const Dialect& one : builtin_dialects()) ids.append(ids.empty() ? "" : "|").append(one.id);
    return did_you_mean(id, ids);
}

DialectTest test_dialect(const std::string& path) {
    DialectTest test;
    std::unique_ptr<dialects::DialectFile> file;
    try {
        file = dialects::read_own_dialect(path, path);
    } catch (const dialects::DialectError& error) {
        test.error = error.what();
        return test;
    }
    std::size_t wrong = 0;
    for (const dialects::Case& one : file->cases) {
        const dialects::CaseResult result = dialects::run_case(one, {&file->dialect, 1});
        wrong += result.holds() ? 0 : 1;
        test.text += dialects::line_of(path, one, result) + "\n";
    }
    for (std::size_t i = 0; i < file->sources.size(); ++i) {
        const std::string flaw = dialects::flaw_of_seen(*file, i);
        if (flaw.empty()) continue;
        ++wrong;
        test.text += path + ":" + std::to_string(file->sources[i].line) + ": " +
                     std::string(file->dialect.sayings[i].cause) + ": " + flaw + "\n";
    }
    const std::size_t all = file->cases.size() + file->sources.size();
    test.holds = wrong == 0;
    test.text += std::to_string(file->cases.size()) + " cases and " +
                 std::to_string(file->sources.size()) + " sayings: " + std::to_string(all - wrong) +
                 " hold, " + std::to_string(wrong) + " do not\n";
    return test;
}

}  // namespace whogoes::tools
