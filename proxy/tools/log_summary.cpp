#include "proxy/report/console_text.hpp"
#include "proxy/report/escape.hpp"
#include "proxy/report/json_writer.hpp"
#include "proxy/report/record_view.hpp"
#include "proxy/report/route_shape.hpp"
#include "proxy/tools/log_reading.hpp"
#include "proxy/tools/log_table.hpp"

#include <algorithm>
#include <limits>
#include <unordered_map>
#include <utility>

// Causes, routes and tokens on one screen.
namespace whogoes::tools {
namespace {

constexpr std::size_t most_cells = 100000;  // beyond them tokens, then routes, are not told apart
constexpr std::size_t most_causes = 8, most_routes = 3, most_tokens = 6, most_rules = 5;
constexpr std::size_t whole = std::numeric_limits<std::size_t>::max();
constexpr std::string_view elsewhere = "(others)";

struct Seen {
    std::uint64_t count = 0;
    std::string first, last;

    void at(std::string_view time) {
        ++count;
        if (first.empty() || time < first) first = time;
        if (time > last) last = time;
    }
    void add(const Seen& other) {
        count += other.count;
        if (first.empty() || other.first < first) first = other.first;
        last = std::max(last, other.last);
    }
};

struct Cell {
    std::string cause, route, token;
    Seen seen;
};

struct Totals {
    Seen all;
    std::uint64_t failures = 0, renewed = 0, own_errors = 0;
    std::unordered_map<std::string, Cell> cells;
    std::unordered_map<std::string, Seen> rules;
    std::string key;

    void count(const Glance& glance);
};

void Totals::count(const Glance& glance) {
    all.at(glance.time);
    for_each_rule(glance, [&](std::string_view id) {
        if (rules.size() < 1000) rules[std::string(id)].at(glance.time);
    });
    own_errors += glance.event == "proxy.error" ? 1 : 0;
    renewed += glance.refresh == "replayed" || glance.refresh == "joined" ? 1 : 0;
    if (glance.cause.empty()) return;
    ++failures;
    std::string scratch;
    key.assign(glance.cause).append("\n").append(glance.method).append(" ");
    report::append_route_shape(key, unescaped(glance.path, scratch));
    const std::size_t route_end = key.size();
    key.append("\n").append(glance.token);
    auto found = cells.find(key);
    if (found == cells.end()) {
        if (cells.size() >= most_cells) {
            key.resize(route_end);
            key.append("\n").append(elsewhere);
        }
        if (cells.size() >= 2 * most_cells)
            key.assign(glance.cause).append("\n").append(elsewhere).append("\n").append(elsewhere);
        found = cells.try_emplace(key).first;
        if (found->second.cause.empty()) {
            const auto first = key.find('\n'), second = key.rfind('\n');
            found->second.cause = key.substr(0, first);
            found->second.route = key.substr(first + 1, second - first - 1);
            found->second.token = key.substr(second + 1);
        }
    }
    found->second.seen.at(glance.time);
}

using Ranked = std::vector<std::pair<std::string, Seen>>;

// The most frequent first; by name where they are equal, so that two runs print the same.
Ranked ranked(const std::unordered_map<std::string, Seen>& counts) {
    Ranked list(counts.begin(), counts.end());
    std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) {
        return a.second.count != b.second.count ? a.second.count > b.second.count
                                                : a.first < b.first;
    });
    return list;
}

template <class Key, class Want>
Ranked ranked_cells(const Totals& totals, Key key, Want want) {
    std::unordered_map<std::string, Seen> sums;
    for (const auto& [unused, cell] : totals.cells)
        if (want(cell)) sums[key(cell)].add(cell.seen);
    return ranked(sums);
}

// Of a record's time, in whichever zone it is shown.
std::string moment(const std::string& time, bool dates) {
    return dates ? time.substr(5, 5) + " " + time.substr(11, 8) : time.substr(11, 8);
}

std::string shares(const Ranked& list, std::size_t most, const report::ConsoleText& text) {
    std::string out;
    for (std::size_t i = 0; i < std::min(list.size(), most); ++i)
        out += (out.empty() ? "" : ", ") + list[i].first + " " + text.times() +
               std::to_string(list[i].second.count);
    if (list.size() > most) out += ", " + std::to_string(list.size() - most) + " more";
    return out;
}

std::string short_token(const std::string& token) {
    return token.empty() ? "none" : token.substr(0, 11);
}

class Screen {
public:
    Screen(const Totals& totals, const report::ConsoleStyle& style)
        : totals_(totals), style_(style), text_(style) {
        dates_ = shown(totals.all.first).substr(0, 10) != shown(totals.all.last).substr(0, 10);
    }

    std::string text() {
        if (totals_.all.count == 0) return "nothing that was asked for stands in the log\n";
        std::string out = heading();
        if (!totals_.cells.empty()) out += "\n" + causes();
        if (!totals_.rules.empty()) out += "\n" + rules();
        if (const std::string tokens = this->tokens(); !tokens.empty()) out += "\n" + tokens;
        return out;
    }

private:
    std::string shown(const std::string& time) const {
        return report::record_time_text(time, style_.local_time);
    }
    std::string zone() const {
        const auto last = report::parse_record_time(totals_.all.last);
        return style_.local_time && last ? report::zone_text(*last) : "UTC";
    }

    std::string heading() const {
        const auto readable = [](const std::string& time) {
            return time.substr(0, 10) + " " + time.substr(11, 8);
        };
        const std::string first = shown(totals_.all.first), last = shown(totals_.all.last);
        std::string out = readable(first) + " to " +
                          (dates_ ? readable(last) : last.substr(11, 8)) + " " + zone() + "   " +
                          std::to_string(totals_.failures) +
                          (totals_.failures == 1 ? " failure" : " failures");
        if (totals_.renewed > 0) out += ", " + std::to_string(totals_.renewed) + " replayed";
        if (totals_.own_errors > 0)
            out += ", " + std::to_string(totals_.own_errors) + " by the proxy itself";
        return out + "\n";
    }

    std::string causes() const {
        const Ranked causes = ranked_cells(
            totals_, [](const Cell& cell) { return cell.cause; }, [](const Cell&) { return true; });
        std::vector<std::vector<std::string>> rows;
        for (std::size_t i = 0; i < std::min(causes.size(), most_causes); ++i) {
            const std::string& cause = causes[i].first;
            const Seen& seen = causes[i].second;
            const Ranked routes = ranked_cells(
                totals_, [](const Cell& cell) { return cell.route; },
                [&](const Cell& cell) { return cell.cause == cause; });
            for (std::size_t r = 0; r < std::min(routes.size(), most_routes); ++r) {
                const std::string& route = routes[r].first;
                const Seen& at_route = routes[r].second;
                const Ranked tokens = ranked_cells(
                    totals_, [](const Cell& cell) { return short_token(cell.token); },
                    [&](const Cell& cell) { return cell.cause == cause && cell.route == route; });
                const bool first = r == 0;
                rows.push_back({first ? cause : "", first ? std::to_string(seen.count) : "",
                                first ? moment(shown(seen.first), dates_) : "",
                                first ? moment(shown(seen.last), dates_) : "",
                                std::to_string(at_route.count), route, shares(tokens, 2, text_)});
            }
            if (routes.size() > most_routes)
                rows.push_back({"", "", "", "", "",
                                "and " + std::to_string(routes.size() - most_routes) + " more",
                                ""});
        }
        std::string out = table({{"cause"},
                                 {"count", true},
                                 {"first"},
                                 {"last"},
                                 {"here", true},
                                 {"route", false, 36},
                                 {"tokens", false, 60}},
                                rows, style_);
        if (causes.size() > most_causes)
            out += "and " + std::to_string(causes.size() - most_causes) + " more causes\n";
        return out;
    }

    std::string rules() const {
        const Ranked rules = ranked(totals_.rules);
        std::vector<std::vector<std::string>> rows;
        for (std::size_t i = 0; i < std::min(rules.size(), most_rules); ++i)
            rows.push_back({rules[i].first, std::to_string(rules[i].second.count),
                            moment(shown(rules[i].second.first), dates_),
                            moment(shown(rules[i].second.last), dates_)});
        std::string out =
            table({{"rule broken"}, {"count", true}, {"first"}, {"last"}}, rows, style_);
        if (rules.size() > most_rules)
            out += "and " + std::to_string(rules.size() - most_rules) + " more rules\n";
        return out;
    }

    std::string tokens() const {
        const Ranked tokens = ranked_cells(
            totals_, [](const Cell& cell) { return cell.token; },
            [](const Cell& cell) { return !cell.token.empty(); });
        if (tokens.empty()) return {};
        std::vector<std::vector<std::string>> rows;
        for (std::size_t i = 0; i < std::min(tokens.size(), most_tokens); ++i) {
            const std::string& token = tokens[i].first;
            const Seen& seen = tokens[i].second;
            const Ranked causes = ranked_cells(
                totals_, [](const Cell& cell) { return cell.cause; },
                [&](const Cell& cell) { return cell.token == token; });
            rows.push_back({token, std::to_string(seen.count), moment(shown(seen.first), dates_),
                            moment(shown(seen.last), dates_), shares(causes, 3, text_)});
        }
        std::string out = table(
            {{"token"}, {"count", true}, {"first"}, {"last"}, {"causes", false, 70}}, rows, style_);
        if (tokens.size() > most_tokens)
            out += "and " + std::to_string(tokens.size() - most_tokens) + " more tokens\n";
        return out;
    }

    const Totals& totals_;
    const report::ConsoleStyle& style_;
    report::ConsoleText text_;
    bool dates_ = false;
};

void append_seen(report::JsonWriter& json, const Seen& seen) {
    json.number("count", static_cast<std::int64_t>(seen.count));
    json.text("first", seen.first, whole);
    json.text("last", seen.last, whole);
}

// Every row, not only those that fit a screen.
std::string json_of(const Totals& totals) {
    std::string out;
    report::JsonWriter json(out);
    const auto open_row = [&] {
        if (out.back() == '}') out += ',';
        json.open();
    };
    json.open();
    json.number("events", static_cast<std::int64_t>(totals.all.count));
    json.number("failures", static_cast<std::int64_t>(totals.failures));
    json.number("replayed", static_cast<std::int64_t>(totals.renewed));
    json.number("proxy_errors", static_cast<std::int64_t>(totals.own_errors));
    json.text("first", totals.all.first, whole);
    json.text("last", totals.all.last, whole);
    json.open_list("causes");
    std::vector<const Cell*> cells;
    for (const auto& [unused, cell] : totals.cells) cells.push_back(&cell);
    std::sort(cells.begin(), cells.end(), [](const Cell* a, const Cell* b) {
        if (a->seen.count != b->seen.count) return a->seen.count > b->seen.count;
        return std::tie(a->cause, a->route, a->token) < std::tie(b->cause, b->route, b->token);
    });
    for (const Cell* cell : cells) {
        open_row();
        json.text("cause", cell->cause, whole);
        json.text("route", cell->route, whole);
        json.text("token", cell->token, whole);
        append_seen(json, cell->seen);
        json.close();
    }
    json.close_list();
    json.open_list("rules");
    for (const auto& [rule, seen] : ranked(totals.rules)) {
        open_row();
        json.text("rule", rule, whole);
        append_seen(json, seen);
        json.close();
    }
    json.close_list();
    json.close();
    return out + "\n";
}

}  // namespace

void summarise_log(const LogRequest& request, LogReading& reading,
                   const std::vector<LogSource>& sources, const LogStreams& streams) {
    Totals totals;
    reading.read(sources, [&](const Glance& glance) {
        totals.count(glance);
        return true;
    });
    streams.print(request.json ? json_of(totals) : Screen(totals, request.style).text());
}

}  // namespace whogoes::tools
