#include "proxy/report/json_writer.hpp"
#include "proxy/report/review.hpp"
#include "rules/diagnosis.hpp"

#include <algorithm>
#include <map>
#include <vector>

namespace whogoes::report {
namespace {

// How often something was seen, and when.
struct Count {
    std::size_t times = 0;
    std::string first, last;
    std::int64_t issued = 0, expires = 0;  // of a token
};
using Tallied = std::map<std::string, Count, std::less<>>;

struct Summary {
    std::size_t events = 0;
    std::string first, last;
    Tallied causes, rules, tokens, routes, statuses, refreshes;
};

Count& count(Tallied& counts, std::string_view key, const std::string& time) {
    const auto found = counts.try_emplace(std::string(key)).first;
    Count& one = found->second;
    if (one.times++ == 0) one.first = time;
    one.last = time;
    return one;
}

void take(Summary& summary, const RecordView& record) {
    const std::string time(record.text("time"));
    if (summary.events++ == 0) summary.first = time;
    summary.last = time;
    if (const auto cause = record.text("auth.cause"); !cause.empty())
        count(summary.causes, cause, time);
    for (const std::string_view rule : record.texts("auth.rules")) count(summary.rules, rule, time);
    if (const auto token = record.text("auth.token"); !token.empty()) {
        Count& one = count(summary.tokens, token, time);
        one.issued = record.integer("jwt.iat").value_or(one.issued);
        one.expires = record.integer("jwt.exp").value_or(one.expires);
    }
    if (const auto status = record.integer("http.response.status_code"))
        count(summary.statuses, std::to_string(*status), time);
    if (const auto refresh = record.text("auth.refresh"); !refresh.empty() && refresh != "off")
        count(summary.refreshes, refresh, time);
    if (!record.is_exchange()) return;
    const auto route = record.text("http.route");
    count(summary.routes, route.empty() ? record.text("url.path") : route, time);
}

// The most frequent first.
void write(std::string& out, JsonWriter& json, std::string_view key, std::string_view name,
           const Tallied& counts) {
    std::vector<const Tallied::value_type*> order;
    for (const auto& entry : counts) order.push_back(&entry);
    std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
        return a->second.times > b->second.times;
    });
    json.open_list(key);
    for (const auto* entry : order) {
        if (!out.ends_with('[')) out += ',';
        json.open();
        json.text(name, entry->first, all_octets);
        const rules::Cause* const cause =
            name == "cause" ? rules::find_cause(entry->first) : nullptr;
        if (cause != nullptr) json.text("summary", cause->summary, all_octets);
        json.number("count", static_cast<std::int64_t>(entry->second.times));
        json.text("first", entry->second.first, all_octets);
        json.text("last", entry->second.last, all_octets);
        if (entry->second.issued != 0) json.number("iat", entry->second.issued);
        if (entry->second.expires != 0) json.number("exp", entry->second.expires);
        json.close();
    }
    json.close_list();
}

}  // namespace

std::string summary_json(const EventQuery& query, const ReviewSources& sources) {
    Summary summary;
    for (const KeptEvent& event : wanted_events(query, sources)) {
        const RecordView record(event.line);
        if (record.readable()) take(summary, record);
    }
    std::string out;
    JsonWriter json(out);
    json.open();
    json.number("events", static_cast<std::int64_t>(summary.events));
    if (summary.events > 0) {
        json.text("first", summary.first, all_octets);
        json.text("last", summary.last, all_octets);
    }
    write(out, json, "causes", "cause", summary.causes);
    write(out, json, "rules", "rule", summary.rules);
    write(out, json, "tokens", "token", summary.tokens);
    write(out, json, "routes", "route", summary.routes);
    write(out, json, "statuses", "status", summary.statuses);
    write(out, json, "refreshes", "refresh", summary.refreshes);
    json.close();
    return out += '\n';
}

}  // namespace whogoes::report
