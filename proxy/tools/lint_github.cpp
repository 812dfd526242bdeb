#include "proxy/report/escape.hpp"
#include "proxy/tools/lint_judge.hpp"

#include <utility>

// Workflow commands of GitHub Actions: an annotation for each finding, and a last line for people.
namespace whogoes::tools {
namespace {

// What ends a value there is percent-encoded; visible() has left no line end.
std::string encoded(std::string_view text, bool property) {
    std::string out;
    for (const char c : report::visible(text, true)) {
        if (c == '%')
            out += "%25";
        else if (property && c == ':')
            out += "%3A";
        else if (property && c == ',')
            out += "%2C";
        else
            out += c;
    }
    return out;
}

std::string_view command_of(rules::Severity severity) {
    switch (severity) {
        case rules::Severity::error:
            return "error";
        case rules::Severity::warning:
            return "warning";
        case rules::Severity::info:
            break;
    }
    return "notice";
}

std::string counted(std::size_t number, const char* what) {
    std::string words = std::to_string(number);
    return words.append(" ").append(what).append(number == 1 ? "" : "s");
}

std::string annotation(const Judged& judged, std::string_view command, std::string_view id,
                       std::string_view words, std::string_view advice) {
    const report::AuthEvent& event = judged.event;
    std::string out = "::" + std::string(command) + " ";
    if (judged.from_file && !judged.input.empty() && judged.input != "standard input")
        out += "file=" + encoded(judged.input, true) + ",";
    std::string said = std::to_string(event.status) + " " + event.method + " " + event.path;
    if (judged.times > 1) said += " (" + std::to_string(judged.times) + " times)";
    if (!words.empty()) said.append(": ").append(words);
    return out + "title=" + encoded(id, true) + "::" + encoded(said, false) + ". " +
           encoded(advice, false) + "\n";
}

}  // namespace

std::string lint_github(const LintResult& result) {
    std::string out;
    for (const Judged& judged : result.judged) {
        if (const auto& main = judged.event.diagnosis.main) {
            const bool fails = result.tally.failing.contains(main->cause->id);
            out += annotation(judged, fails ? "error" : "notice", main->cause->id,
                              main->evidence.words, main->what_to_do());
        }
        for (const rules::Violation& violation : judged.event.diagnosis.violations)
            out += annotation(judged, command_of(violation.rule->severity), violation.rule->id,
                              violation.evidence.words, violation.rule->advice);
        if (judged.failed && !judged.remark.empty())
            out += annotation(judged, "error", "whogoes", judged.remark, "");
    }
    const LintTally& tally = result.tally;
    return out + counted(tally.exchanges, "answer") + ": " + counted(tally.errors, "error") + ", " +
           counted(tally.warnings, "warning") + ", " + counted(tally.notes, "note") + "\n";
}

}  // namespace whogoes::tools
