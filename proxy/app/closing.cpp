#include "proxy/app/closing.hpp"

#include "proxy/app/summing_up.hpp"
#include "proxy/report/route_shape.hpp"
#include "proxy/tools/log_glance.hpp"
#include "proxy/tools/log_table.hpp"
#include "rules/diagnosis.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace whogoes::app {
namespace {

constexpr std::size_t most_rows = 20;

using Cell = std::tuple<std::string, std::string, std::string>;  // found, cause, route
using Cells = std::map<Cell, std::uint64_t>;

std::string route_of(const tools::Glance& glance) {
    std::string scratch, route(glance.method);
    route += ' ';
    if (glance.route.empty())
        report::append_route_shape(route, tools::unescaped(glance.path, scratch));
    else
        route += tools::unescaped(glance.route, scratch);
    return route;
}

// In the words that the console has for it.
std::string cause_words(std::string_view id) {
    const rules::Cause* const cause = rules::find_cause(id);
    return std::string(cause == nullptr ? id : cause->summary);
}

void count_event(std::string_view line, const std::vector<std::string>& ids, Cells& cells) {
    tools::Glance glance;
    if (tools::read_glance(line, glance) != tools::LineKind::record) return;
    const auto note = [&](std::string_view id) {
        if (std::find(ids.begin(), ids.end(), id) == ids.end()) return;
        ++cells[{std::string(id), cause_words(glance.cause), route_of(glance)}];
    };
    note(glance.cause);
    tools::for_each_rule(glance, [&](std::string_view id) {
        if (id != glance.cause) note(id);  // preflight-rejected is both
    });
}

std::string table_of(const FailOn& wanted, const RunSeen& seen, const report::ConsoleStyle& style) {
    Cells cells;
    for (const report::KeptEvent& event : seen.events) count_event(event.line, wanted.ids, cells);
    std::vector<std::pair<Cell, std::uint64_t>> ranked(cells.begin(), cells.end());
    std::stable_sort(ranked.begin(), ranked.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    std::vector<std::vector<std::string>> rows;
    for (std::size_t i = 0; i < std::min(ranked.size(), most_rows); ++i) {
        const auto& [found, cause, route] = ranked[i].first;
        rows.push_back({std::to_string(ranked[i].second), found, cause, route});
    }
    if (rows.empty()) return {};
    std::string text =
        tools::table({{"count", true}, {"found"}, {"cause"}, {"route", false, 60}}, rows, style);
    if (ranked.size() > most_rows)
        text += "and " + std::to_string(ranked.size() - most_rows) + " more\n";
    return text;
}

std::string why_nothing_was_judged(const FailOn& wanted, const RunSeen& seen) {
    if (!wanted.has_command || wanted.allow_empty || !seen.counts.failures.empty()) return {};
    if (seen.requests > seen.own_replies) return {};
    const std::string what = seen.requests == 0
                                 ? "no request came through whogoes"
                                 : "no answer came from the API (whogoes gave " +
                                       std::to_string(seen.requests) + " in its place)";
    return what +
           ", so nothing was judged: send them to the address in API_URL, or say --allow-empty";
}

}  // namespace

Closing close_run(const FailOn& wanted, const RunSeen& seen, const report::ConsoleStyle& style) {
    Closing closing;
    if (wanted.ids.empty()) return closing;
    closing.summary = seen_of(wanted.ids, seen.counts);
    if (closing.summary.empty()) {
        closing.summary = why_nothing_was_judged(wanted, seen);
        return closing;
    }
    closing.table = table_of(wanted, seen, style);
    return closing;
}

}  // namespace whogoes::app
