#include "proxy/report/escape.hpp"
#include "proxy/tools/causes.hpp"
#include "proxy/tools/lint_judge.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <map>
#include <utility>

// SARIF 2.1.0 (OASIS, 2020-03-27): one run, a rule for each id that was found, a result for each
// finding. Where it was found is the recording or the URL; which request, a logical location.
namespace whogoes::tools {
namespace {

namespace json = boost::json;

json::object message(std::string_view text) { return {{"text", report::visible(text, true)}}; }

std::string_view level_of(rules::Severity severity) {
    switch (severity) {
        case rules::Severity::error:
            return "error";
        case rules::Severity::warning:
            return "warning";
        case rules::Severity::info:
            break;
    }
    return "note";
}

// Of RFC 3986 what artifactLocation.uri needs: a name that a file may have.
std::string uri_of(const std::string& input) {
    constexpr std::string_view hex = "0123456789ABCDEF";
    std::string uri;
    for (const char c : input) {
        const auto octet = static_cast<unsigned char>(c);
        if (octet > 0x20 && octet < 0x7f &&
            std::string_view("\"<>\\^`{|}%[]").find(c) == std::string_view::npos) {
            uri += c;
            continue;
        }
        uri += '%';
        uri += hex[octet >> 4];
        uri += hex[octet & 15];
    }
    return uri;
}

class Sarif {
public:
    std::string text(const LintResult& result, const LintRequest& request) {
        for (const Judged& judged : result.judged) take(judged);
        json::object driver{
            {"name", "whogoes"},
            {"semanticVersion", request.version.empty() ? "0.0.0" : request.version},
            {"rules", std::move(rules_)}};
        json::object run{{"tool", json::object{{"driver", std::move(driver)}}},
                         {"columnKind", "utf16CodeUnits"},
                         {"invocations", json::array{json::object{{"executionSuccessful", true}}}},
                         {"results", std::move(results_)}};
        return json::serialize(
                   json::object{{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                                {"version", "2.1.0"},
                                {"runs", json::array{std::move(run)}}}) +
               "\n";
    }

private:
    void take(const Judged& judged) {
        if (const auto& main = judged.event.diagnosis.main)
            add(judged, main->cause->id, main->evidence.words, "note", main->cause->summary,
                main->what_to_do(), main->cause->section);
        for (const rules::Violation& violation : judged.event.diagnosis.violations)
            add(judged, violation.rule->id, violation.evidence.words,
                level_of(violation.rule->severity), violation.rule->summary, violation.rule->advice,
                violation.rule->section);
    }

    void add(const Judged& judged, std::string_view id, std::string_view words,
             std::string_view level, std::string_view summary, std::string_view advice,
             std::string_view section) {
        const report::AuthEvent& event = judged.event;
        const std::size_t index = rule_index(id, level, summary, advice, section);
        const std::string request = report::visible(event.method + " " + event.path, true) +
                                    " answered " + std::to_string(event.status);
        json::object place{
            {"logicalLocations",
             json::array{json::object{{"fullyQualifiedName", request}, {"kind", "resource"}}}}};
        if (!judged.input.empty() && judged.input != "standard input")
            place["physicalLocation"] =
                json::object{{"artifactLocation", json::object{{"uri", uri_of(judged.input)}}}};
        const std::string said = words.empty() ? std::string(summary) : std::string(words);
        results_.push_back(json::object{
            {"ruleId", id},
            {"ruleIndex", index},
            {"level", level},
            {"message", message(request + ": " + said + ". " + std::string(advice))},
            {"locations", json::array{std::move(place)}},
            {"occurrenceCount", judged.times},
            {"partialFingerprints", json::object{{"whogoes/v1", finding_key(id, event)}}}});
    }

    std::size_t rule_index(std::string_view id, std::string_view level, std::string_view summary,
                           std::string_view advice, std::string_view section) {
        const auto [place, is_new] = places_.emplace(id, rules_.size());
        if (!is_new) return place->second;
        const std::string help =
            std::string(advice) + (section.empty() ? "" : " (" + std::string(section) + ")");
        rules_.push_back(json::object{
            {"id", id},
            {"shortDescription", message(summary)},
            {"help", message(help + ". All about it: whogoes causes " + std::string(id) + ", or " +
                             docs_of(id))},
            {"defaultConfiguration", json::object{{"level", level}}},
            {"properties", json::object{{"tags", json::array{"security", "authentication"}}}}});
        return place->second;
    }

    std::map<std::string, std::size_t, std::less<>> places_;
    json::array rules_, results_;
};

}  // namespace

std::string lint_sarif(const LintResult& result, const LintRequest& request) {
    return Sarif().text(result, request);
}

}  // namespace whogoes::tools
