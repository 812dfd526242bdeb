#include "proxy/report/escape.hpp"
#include "proxy/tools/lint_judge.hpp"

#include <map>
#include <utility>

// JUnit's XML, as test reports of CI read it: a suite for each input, a case for each answer that
// something is said of. What makes lint fail is a failure; the rest stands in the case's output.
namespace whogoes::tools {
namespace {

// What is invisible is no character of XML 1.0, or nothing for a report: it is spelled.
std::string xml(std::string_view text) {
    std::string out;
    for (const char c : report::visible(text, true)) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

std::string attribute(std::string_view name, std::string_view value) {
    return " " + std::string(name) + "=\"" + xml(value) + "\"";
}

std::string counts(std::size_t tests, std::size_t failures) {
    return attribute("tests", std::to_string(tests)) +
           attribute("failures", std::to_string(failures)) + attribute("errors", "0") +
           attribute("skipped", "0");
}

struct Said {
    std::string ids, lines;
};

Said said_of(const Judged& judged) {
    Said said;
    const auto add = [&](std::string_view id, std::string_view kind, std::string_view words,
                         std::string_view advice) {
        said.ids += (said.ids.empty() ? "" : ", ") + std::string(id);
        said.lines += std::string(kind) + " " + std::string(id);
        if (!words.empty()) said.lines.append(": ").append(words);
        said.lines += "; fix: " + std::string(advice) + "\n";
    };
    if (const auto& main = judged.event.diagnosis.main)
        add(main->cause->id, "cause", main->evidence.words, main->what_to_do());
    for (const rules::Violation& violation : judged.event.diagnosis.violations)
        add(violation.rule->id, rules::name(violation.rule->severity), violation.evidence.words,
            violation.rule->advice);
    for (const std::string& words : judged.clients) said.lines += "clients: " + words + "\n";
    if (!judged.remark.empty()) said.lines += std::string(judged.remark) + "\n";
    return said;
}

// Each line for itself: a line feed is no character to be spelled here.
std::string xml_lines(std::string_view lines) {
    std::string out;
    while (!lines.empty()) {
        const auto end = std::min(lines.find('\n'), lines.size());
        out += xml(lines.substr(0, end)) + "\n";
        lines.remove_prefix(std::min(end + 1, lines.size()));
    }
    return out;
}

std::string case_of(const Judged& judged, const std::string& suite) {
    const report::AuthEvent& event = judged.event;
    std::string name = event.method + " " + event.path + " answers " + std::to_string(event.status);
    if (judged.times > 1) name += " (" + std::to_string(judged.times) + " times)";
    const Said said = said_of(judged);
    std::string out = "    <testcase" + attribute("classname", suite) + attribute("name", name) +
                      attribute("time", "0") + ">\n";
    if (judged.failed)
        out += "      <failure" + attribute("type", "lint") +
               attribute("message", said.ids.empty() ? std::string(judged.remark) : said.ids) +
               ">" + xml_lines(said.lines) + "</failure>\n";
    else
        out += "      <system-out>" + xml_lines(said.lines) + "</system-out>\n";
    return out + "    </testcase>\n";
}

struct Suite {
    std::size_t tests = 0, failures = 0;
    std::string cases;
};

}  // namespace

std::string lint_junit(const LintResult& result) {
    std::map<std::string, Suite> suites;
    std::size_t failures = 0;
    for (const Judged& judged : result.judged) {
        const std::string name = judged.input.empty() ? "whogoes lint" : judged.input;
        Suite& suite = suites[name];
        ++suite.tests;
        suite.failures += judged.failed ? 1 : 0;
        failures += judged.failed ? 1 : 0;
        suite.cases += case_of(judged, name);
    }
    // A report without a case reads as a run that did not take place.
    if (suites.empty()) {
        Suite& suite = suites["whogoes lint"];
        suite.tests = 1;
        suite.cases = "    <testcase" + attribute("classname", "whogoes lint") +
                      attribute("name", std::to_string(result.tally.exchanges) +
                                            " answers with nothing to say of") +
                      attribute("time", "0") + "/>\n";
    }
    std::size_t tests = 0;
    std::string body;
    for (const auto& [name, suite] : suites) {
        tests += suite.tests;
        body += "  <testsuite" + attribute("name", name) + counts(suite.tests, suite.failures) +
                attribute("time", "0") + ">\n" + suite.cases + "  </testsuite>\n";
    }
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" +
           attribute("name", "whogoes lint") + counts(tests, failures) + attribute("time", "0") +
           ">\n" + body + "</testsuites>\n";
}

}  // namespace whogoes::tools
