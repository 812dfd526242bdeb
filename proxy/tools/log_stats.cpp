#include "proxy/report/json_writer.hpp"
#include "proxy/report/record_view.hpp"
#include "proxy/report/route_shape.hpp"
#include "proxy/tools/fail_on.hpp"
#include "proxy/tools/log_reading.hpp"
#include "proxy/tools/log_table.hpp"
#include "proxy/tools/nearest.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

// Counts by any columns of the records, and by time.
namespace whogoes::tools {
namespace {

constexpr std::size_t most_rows = 200000;
constexpr std::size_t whole = std::numeric_limits<std::size_t>::max();

using Row = std::vector<std::string>;

struct Stats {
    std::vector<std::string> by;
    std::int64_t bucket_ms = 0;  // 0: none
    std::map<Row, std::uint64_t> rows;
    bool full = false;

    void count(const Glance& glance);
    void add(Row row) {
        if (rows.size() >= most_rows && rows.find(row) == rows.end()) {
            full = true;
            return;
        }
        ++rows[std::move(row)];
    }
};

std::string value_of(const Glance& glance, const std::string& column) {
    std::string scratch;
    if (column == "cause") return std::string(glance.cause);
    if (column == "path") return std::string(unescaped(glance.path, scratch));
    if (column == "token") return std::string(glance.token);
    if (column == "method") return std::string(unescaped(glance.method, scratch));
    if (column == "status") return glance.status == 0 ? "" : std::to_string(glance.status);
    if (column == "client") return std::string(unescaped(glance.client, scratch));
    if (column == "event") return std::string(glance.event);
    std::string shape;
    report::append_route_shape(shape, unescaped(glance.path, scratch));
    return shape;
}

std::string bucket_of(std::string_view time, std::int64_t bucket_ms) {
    const auto moment = report::parse_record_time(time);
    if (!moment) return {};
    const std::int64_t ms = moment->time_since_epoch().count();
    const std::int64_t begin = ms - ((ms % bucket_ms) + bucket_ms) % bucket_ms;
    return record_time(rules::TimePoint(std::chrono::milliseconds(begin)));
}

void Stats::count(const Glance& glance) {
    Row row;
    if (bucket_ms > 0) row.push_back(bucket_of(glance.time, bucket_ms));
    std::size_t rule_at = whole;
    for (const std::string& column : by) {
        if (column == "rule") rule_at = row.size();
        row.push_back(column == "rule" ? std::string() : value_of(glance, column));
    }
    if (rule_at == whole) return add(std::move(row));
    // An answer that broke three rules counts for each.
    bool any = false;
    for_each_rule(glance, [&](std::string_view id) {
        any = true;
        Row one = row;
        one[rule_at] = id;
        add(std::move(one));
    });
    if (!any) add(std::move(row));
}

// By time, then the most frequent first.
std::vector<std::pair<Row, std::uint64_t>> sorted(const Stats& stats) {
    std::vector<std::pair<Row, std::uint64_t>> rows(stats.rows.begin(), stats.rows.end());
    const bool by_time = stats.bucket_ms > 0;
    std::stable_sort(rows.begin(), rows.end(), [&](const auto& a, const auto& b) {
        if (by_time && a.first[0] != b.first[0]) return a.first[0] < b.first[0];
        return a.second > b.second;
    });
    return rows;
}

std::string as_json(const Stats& stats) {
    std::string out = "[";
    report::JsonWriter json(out);
    for (const auto& [row, count] : sorted(stats)) {
        out += out.size() == 1 ? "\n" : ",\n";
        out += '{';
        std::size_t at = 0;
        if (stats.bucket_ms > 0) json.text("time", row[at++], whole);
        for (const std::string& column : stats.by) json.text(column, row[at++], whole);
        json.number("count", static_cast<std::int64_t>(count));
        json.close();
    }
    return out + "\n]\n";
}

std::string as_table(const Stats& stats, const report::ConsoleStyle& style) {
    std::vector<LogColumn> headings;
    if (stats.bucket_ms > 0) headings.push_back({"time (UTC)"});
    for (const std::string& column : stats.by)
        headings.push_back({column, column == "status", column == "path" ? 60UL : 40UL});
    headings.push_back({"count", true});
    std::vector<Row> rows;
    for (auto [row, count] : sorted(stats)) {
        if (stats.bucket_ms > 0 && row[0].size() > 19) {
            const bool seconds = stats.bucket_ms % 60000 != 0;
            row[0] = row[0].substr(0, 10) + " " + row[0].substr(11, seconds ? 8 : 5);
        }
        for (std::string& cell : row)
            if (cell.empty()) cell = "-";
        row.push_back(std::to_string(count));
        rows.push_back(std::move(row));
    }
    return table(headings, rows, style);
}

}  // namespace

std::string count_log(const LogRequest& request, LogReading& reading,
                      const std::vector<LogSource>& sources, const LogStreams& streams) {
    Stats stats;
    for (const std::string& text : request.by)
        for (std::string& word : split_commas(text)) {
            if (("|" + std::string(log_columns) + "|").find("|" + word + "|") == std::string::npos)
                return "--by: \"" + word.substr(0, 30) + "\" is no column" +
                       did_you_mean(word, log_columns) + " (" + std::string(log_columns) + ")";
            stats.by.push_back(std::move(word));
        }
    if (stats.by.empty()) stats.by = {"cause"};
    if (request.bucket) stats.bucket_ms = request.bucket->count();
    reading.read(sources, [&](const Glance& glance) {
        stats.count(glance);
        return true;
    });
    streams.print(request.json ? as_json(stats) : as_table(stats, request.style));
    if (stats.full)
        streams.complain("log: more than 200000 rows: the rest is left out; ask for fewer columns");
    return {};
}

}  // namespace whogoes::tools
