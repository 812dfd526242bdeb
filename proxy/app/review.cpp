#include "proxy/app/review.hpp"

#include "proxy/app/moment.hpp"
#include "proxy/tools/log_entry.hpp"
#include "proxy/tools/log_filter.hpp"
#include "rules/text.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace whogoes::app {
namespace {

struct Asked {
    tools::LogFilterWords words;
    std::vector<std::string> ids, kinds, texts;
};

std::vector<std::string>* list_named(Asked& asked, std::string_view name) {
    struct Row {
        std::string_view name;
        std::vector<std::string>* list;
    };
    const Row rows[] = {
        {"cause", &asked.words.causes},
        {"rule", &asked.words.rules},
        {"path", &asked.words.paths},
        {"route", &asked.words.routes},
        {"method", &asked.words.methods},
        {"status", &asked.words.statuses},
        {"client", &asked.words.clients},
        {"token", &asked.words.tokens},
        {"id", &asked.ids},
        {"event", &asked.kinds},
        {"text", &asked.texts},
    };
    const auto row = std::find_if(std::begin(rows), std::end(rows),
                                  [&](const Row& one) { return one.name == name; });
    return row != std::end(rows) ? row->list : nullptr;
}

std::string take(Asked& asked, const std::string& name, const std::string& value,
                 rules::TimePoint now) {
    if (name == "since" || name == "until") {
        const auto moment = parse_moment(value, now);
        if (!moment) return name + " is no time: write 15m, 12:51 or 2026-11-23T12:51:24Z (UTC)";
        (name == "since" ? asked.words.since : asked.words.until) = moment;
        return {};
    }
    std::vector<std::string>* const list = list_named(asked, name);
    if (list == nullptr) {
        return "there is no parameter \"" + name.substr(0, 40) +
               "\": take cause, rule, path, route, method, status, client, token, since, until, "
               "id, "
               "event, text, limit, after, format";
    }
    list->push_back(value);
    return {};
}

// The command line's words for a flag are the API's for a parameter.
std::string without_dashes(std::string_view flaw) {
    return std::string(flaw.starts_with("--") ? flaw.substr(2) : flaw);
}

}  // namespace

report::RecordFilter record_filter(const report::QueryPairs& pairs, rules::TimePoint now) {
    Asked asked;
    report::RecordFilter made;
    std::vector<report::RecordFilter> unwanted;
    for (const auto& [name, value] : pairs) {
        if (name.starts_with('-') && !name.starts_with("--")) {
            unwanted.push_back(record_filter({{name.substr(1), value}}, now));
            made.flaw = unwanted.back().flaw;
            if (!made.flaw.empty()) return made;
            continue;
        }
        made.flaw = take(asked, name, value, now);
        if (!made.flaw.empty()) return made;
    }
    auto filter = tools::LogFilter::from(asked.words);
    if (!filter.has_value()) {
        made.flaw = without_dashes(filter.error());
        return made;
    }
    if (!asked.ids.empty()) filter->only_ids(asked.ids);
    made.fits = [wanted = std::move(*filter), kinds = std::move(asked.kinds),
                 texts = std::move(asked.texts),
                 unwanted = std::move(unwanted)](std::string_view line) mutable {
        tools::Glance glance;
        if (tools::read_glance(line, glance) != tools::LineKind::record) return false;
        const bool of_kind =
            kinds.empty() || std::find(kinds.begin(), kinds.end(), glance.event) != kinds.end();
        const bool kept_out =
            std::any_of(unwanted.begin(), unwanted.end(),
                        [&](const report::RecordFilter& one) { return one.fits(line); });
        return of_kind && !kept_out && wanted.fits(glance) &&
               std::all_of(texts.begin(), texts.end(),
                           [&](const std::string& text) { return rules::icontains(line, text); });
    };
    return made;
}

std::string console_record(std::string_view line) {
    tools::Vocabulary vocabulary;
    const auto entry = tools::read_entry(line, vocabulary);
    return entry ? report::console_lines(entry->event, report::ConsoleStyle{}) : std::string();
}

}  // namespace whogoes::app
