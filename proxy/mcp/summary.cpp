#include "proxy/mcp/arguments.hpp"
#include "proxy/mcp/quoted.hpp"
#include "proxy/mcp/record_row.hpp"
#include "proxy/report/record_view.hpp"
#include "proxy/report/route_shape.hpp"
#include "rules/diagnosis.hpp"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

// `summary`: what `whogoes log --summary` tells, the first ten of each.
namespace whogoes::mcp {
namespace {

constexpr std::size_t most_keys = 5000;  // beyond them the rest is counted together
constexpr std::size_t most_rows = 10;

struct Seen {
    std::uint64_t count = 0;
    std::string first, last;
    std::map<std::string, std::uint64_t> causes{};

    void at(std::string_view time) {
        if (count++ == 0) first = time;
        last = time;
    }
};
using Counts = std::map<std::string, Seen, std::less<>>;

struct Totals {
    std::uint64_t events = 0;
    Seen failures;
    Counts causes, rules, tokens, routes;
};

// Null: there are too many already.
Seen* place(Counts& counts, std::string_view key) {
    const auto found = counts.find(key);
    if (found != counts.end()) return &found->second;
    return counts.size() < most_keys ? &counts[std::string(key)] : nullptr;
}

// As a record has it, whoever wrote the log.
std::string checked_time(std::string_view text) {
    const auto time = report::parse_record_time(text);
    return time ? tools::record_time(*time) : std::string();
}

void count(Totals& totals, const tools::Glance& glance) {
    ++totals.events;
    const std::string time = checked_time(glance.time);
    tools::for_each_rule(glance, [&](std::string_view id) {
        if (rules::find_rule(id) == nullptr) return;
        if (Seen* const seen = place(totals.rules, id)) seen->at(time);
    });
    if (rules::find_cause(glance.cause) == nullptr) return;
    totals.failures.at(time);
    const std::string cause(glance.cause);
    if (Seen* const seen = place(totals.causes, cause)) seen->at(time);
    std::string scratch, route(tools::unescaped(glance.method, scratch));
    route += ' ';
    report::append_route_shape(route, tools::unescaped(glance.path, scratch));
    if (Seen* const seen = place(totals.routes, route)) {
        seen->at(time);
        ++seen->causes[cause];
    }
    const std::string_view token = as_fingerprint(glance.token);
    if (Seen* const seen = token.empty() ? nullptr : place(totals.tokens, token)) {
        seen->at(time);
        ++seen->causes[cause];
    }
}

json::array shares(const std::map<std::string, std::uint64_t>& causes) {
    std::vector<std::pair<std::string, std::uint64_t>> order(causes.begin(), causes.end());
    std::stable_sort(order.begin(), order.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    json::array out;
    for (const auto& [cause, times] : order) {
        if (out.size() == 3) break;
        out.push_back(json::object{{"cause", cause}, {"count", times}});
    }
    return out;
}

// The most frequent first.
template <class MakeKey>
json::array rows_of(const Counts& counts, MakeKey make_key) {
    std::vector<const Counts::value_type*> order;
    for (const auto& entry : counts) order.push_back(&entry);
    std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
        return a->second.count > b->second.count;
    });
    json::array out;
    for (const auto* entry : order) {
        if (out.size() == most_rows) break;
        json::object row;
        make_key(row, entry->first);
        row["count"] = entry->second.count;
        row["first"] = entry->second.first;
        row["last"] = entry->second.last;
        if (!entry->second.causes.empty()) row["causes"] = shares(entry->second.causes);
        out.push_back(std::move(row));
    }
    return out;
}

}  // namespace

Outcome summarise(const json::object& arguments, const Sources& sources, Abandoned) {
    auto filter = filter_in(arguments, sources);
    if (!filter.has_value()) return failed(filter.error());
    Totals totals;
    const std::string flaw =
        visit(*filter, sources, [&](const tools::Glance& glance) { count(totals, glance); });
    if (!flaw.empty()) return failed(flaw);
    Outcome outcome;
    json::object& content = outcome.content;
    content["note"] = quoted_note;
    content["events"] = totals.events;
    content["failures"] = totals.failures.count;
    if (totals.failures.count > 0) {
        content["first"] = totals.failures.first;
        content["last"] = totals.failures.last;
    }
    content["causes"] = rows_of(totals.causes, [](json::object& row, const std::string& id) {
        row["cause"] = id;
        row["summary"] = rules::find_cause(id)->summary;
    });
    content["rules"] = rows_of(totals.rules, [](json::object& row, const std::string& id) {
        row["rule"] = id;
        row["severity"] = rules::name(rules::find_rule(id)->severity);
        row["summary"] = rules::find_rule(id)->summary;
    });
    content["tokens"] = rows_of(
        totals.tokens, [](json::object& row, const std::string& token) { row["token"] = token; });
    const Quoter quoter;
    content["routes"] = rows_of(totals.routes, [&](json::object& row, const std::string& route) {
        json::object quoted;
        quoter.add(quoted, "route", route, 150);
        row["quoted"] = std::move(quoted);
    });
    content["kinds"] = json::object{{"causes", totals.causes.size()},
                                    {"rules", totals.rules.size()},
                                    {"tokens", totals.tokens.size()},
                                    {"routes", totals.routes.size()}};
    return outcome;
}

}  // namespace whogoes::mcp
