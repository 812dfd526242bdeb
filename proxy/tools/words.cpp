#include "proxy/tools/words.hpp"

#include "proxy/report/event.hpp"
#include "proxy/tools/causes.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <variant>

namespace whogoes::tools {
namespace {

constexpr double first_year_out_of_range = 253402300800.0;  // 10000-01-01T00:00:00Z

}  // namespace

std::string utc_words(double seconds_since_epoch) {
    if (!(seconds_since_epoch >= 0 && seconds_since_epoch < first_year_out_of_range)) return {};
    const std::chrono::sys_seconds time{
        std::chrono::seconds{static_cast<std::int64_t>(std::floor(seconds_since_epoch))}};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{time - day};
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02u %02d:%02d:%02dZ",
                  static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()));
    return text.data();
}

std::string relative_words(double seconds_since_epoch, rules::TimePoint now) {
    const double now_seconds = static_cast<double>(now.time_since_epoch().count()) / 1000.0;
    const double away = std::floor(seconds_since_epoch) - std::floor(now_seconds);
    if (!(std::abs(away) < first_year_out_of_range)) return "far from now";
    if (away == 0) return "now";
    const std::string words = report::duration_words(static_cast<std::int64_t>(std::abs(away)));
    return away < 0 ? words + " ago" : "in " + words;
}

boost::json::value json_of(const rules::Fact& fact) {
    return std::visit(
        [](const auto& value) -> boost::json::value {
            using Value = std::decay_t<decltype(value)>;
            if constexpr (std::is_same_v<Value, std::vector<std::string>>)
                return boost::json::array(value.begin(), value.end());
            else
                return boost::json::value(value);
        },
        fact.value);
}

boost::json::object json_of(const rules::Evidence& evidence) {
    boost::json::object facts;
    for (const rules::Fact& fact : evidence.facts) facts[fact.name] = json_of(fact);
    return {{"confidence", rules::name(evidence.confidence)},
            {"words", evidence.words},
            {"facts", std::move(facts)}};
}

boost::json::object json_of(const rules::Finding& finding) {
    boost::json::object object = json_of(finding.evidence);
    object["id"] = finding.cause->id;
    object["summary"] = finding.cause->summary;
    object["advice"] = finding.what_to_do();
    object["docs"] = docs_of(finding.cause->id);
    object["who_acts"] = rules::name(finding.cause->who_acts);
    return object;
}

boost::json::object json_of(const rules::Violation& violation) {
    boost::json::object object = json_of(violation.evidence);
    object["id"] = violation.rule->id;
    object["severity"] = rules::name(violation.rule->severity);
    object["level"] = violation.rule->level;
    object["section"] = violation.rule->section;
    object["summary"] = violation.rule->summary;
    object["advice"] = violation.rule->advice;
    object["docs"] = docs_of(violation.rule->id);
    return object;
}

std::string folded(std::string_view text, std::string_view indent) {
    constexpr std::size_t width = 96;
    std::string out;
    std::size_t column = indent.size();
    while (!text.empty()) {
        const auto space = std::min(text.find(' '), text.size());
        if (column > indent.size() && column + 1 + space > width) {
            out += "\n";
            out += indent;
            column = indent.size();
        } else if (column > indent.size()) {
            out += ' ';
            ++column;
        }
        out += text.substr(0, space);
        column += space;
        text.remove_prefix(std::min(space + 1, text.size()));
    }
    return out;
}

}  // namespace whogoes::tools
