#include "proxy/report/review.hpp"

#include "proxy/report/export.hpp"
#include "proxy/report/json_writer.hpp"
#include "rules/diagnosis.hpp"
#include "rules/text.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

namespace whogoes::report {
namespace {

constexpr std::size_t most_pairs = 32;
constexpr std::string_view formats[] = {"json", "text", "curl", "markdown"};

std::optional<std::string> decoded(std::string_view text) {
    std::string blanks(text);
    std::replace(blanks.begin(), blanks.end(), '+', ' ');
    return rules::percent_decoded(blanks);
}

template <class Number>
std::optional<Number> number_in(std::string_view text) {
    Number number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return number;
}

std::string take_own(EventQuery& query, const std::string& name, const std::string& value) {
    if (name == "format") {
        if (std::find(std::begin(formats), std::end(formats), value) == std::end(formats)) {
            return "format is json, text, curl or markdown";
        }
        query.format = value;
    } else if (name == "limit") {
        const auto limit = number_in<std::size_t>(value);
        if (!limit || *limit == 0) return "limit is a number of events, from 1";
        query.limit = *limit;
    } else {
        query.after = value;
    }
    return {};
}

bool is_own(std::string_view name) {
    return name == "format" || name == "limit" || name == "after";
}

std::string origin_of_proxy(const ReviewSources& sources) {
    if (!sources.about) return std::string(usual_origin);
    const std::string listen = sources.about().listen;
    const std::string first = listen.substr(0, listen.find(' '));
    return first.starts_with("http") ? first : std::string(usual_origin);
}

}  // namespace

QueryPairs query_pairs(std::string_view query) {
    QueryPairs pairs;
    for (const std::string_view part : rules::parts_of(query, '&')) {
        if (part.empty()) continue;
        const std::size_t equals = std::min(part.find('='), part.size());
        auto name = decoded(part.substr(0, equals));
        auto value = decoded(part.substr(std::min(equals + 1, part.size())));
        if (!name || !value || pairs.size() == most_pairs) return {};
        pairs.emplace_back(std::move(*name), std::move(*value));
    }
    return pairs;
}

EventQuery parse_event_query(std::string_view text, const ReviewSources& sources) {
    EventQuery query;
    QueryPairs rest;
    const QueryPairs pairs = query_pairs(text);
    if (pairs.empty() && !text.empty()) {
        query.flaw = "the query is not well-formed";
        return query;
    }
    for (const auto& [name, value] : pairs) {
        if (!is_own(name)) {
            rest.emplace_back(name, value);
            continue;
        }
        query.flaw = take_own(query, name, value);
        if (!query.flaw.empty()) return query;
    }
    if (rest.empty()) return query;
    if (!sources.filter) {
        query.flaw = "there is no parameter " + rest.front().first;
        return query;
    }
    query.filter = sources.filter(rest);
    query.flaw = query.filter.flaw;
    return query;
}

std::string position_text(const ReviewSources& sources, std::uint64_t sequence) {
    return sources.run + "-" + std::to_string(sequence);
}

std::uint64_t position_in(const ReviewSources& sources, std::string_view text) {
    const std::size_t dash = text.rfind('-');
    if (dash == std::string_view::npos || text.substr(0, dash) != sources.run) return 0;
    return number_in<std::uint64_t>(text.substr(dash + 1)).value_or(0);
}

std::vector<KeptEvent> wanted_events(const EventQuery& query, const ReviewSources& sources) {
    constexpr std::size_t all = std::numeric_limits<std::size_t>::max();
    auto events = sources.kept->behind(position_in(sources, query.after), all);
    if (query.filter.fits) {
        std::erase_if(events,
                      [&](const KeptEvent& event) { return !query.filter.fits(event.line); });
    }
    if (query.limit > 0 && events.size() > query.limit) {
        events.erase(events.begin(), events.end() - static_cast<std::ptrdiff_t>(query.limit));
    }
    return events;
}

std::string events_json(const EventQuery& query, const ReviewSources& sources) {
    // Asked first, so that what comes in between is behind it.
    const std::uint64_t newest = sources.kept->newest();
    std::string body = "{\"events\":[";
    for (const KeptEvent& event : wanted_events(query, sources)) {
        if (event.sequence > newest) break;
        if (!body.ends_with('[')) body += ",\n";
        body += event.line;
    }
    return body += "],\"next\":\"" + position_text(sources, newest) + "\"}\n";
}

std::string events_text(const EventQuery& query, const ReviewSources& sources) {
    const std::string origin = origin_of_proxy(sources);
    std::string body;
    for (const KeptEvent& event : wanted_events(query, sources)) {
        if (query.format == "text") {
            body += sources.console ? sources.console(event.line) : event.line + "\n";
        } else if (query.format == "markdown") {
            body += (body.empty() ? "" : "\n") + markdown_card(event.line, origin);
        } else if (const std::string curl = curl_command(event.line, origin); !curl.empty()) {
            body += curl + "\n";
        }
    }
    return body;
}

std::string events_har(const EventQuery& query, const ReviewSources& sources) {
    const std::string origin = origin_of_proxy(sources);
    std::string body = har_begin(sources.about ? sources.about().version : "");
    for (const KeptEvent& event : wanted_events(query, sources)) {
        append_har_entry(body, event.line, origin);
    }
    return body.append(har_end());
}

std::string events_jsonl(const EventQuery& query, const ReviewSources& sources) {
    std::string body;
    for (const KeptEvent& event : wanted_events(query, sources)) body += event.line + "\n";
    return body;
}

std::string vocabulary_json() {
    std::string body;
    JsonWriter json(body);
    json.open();
    json.open("causes");
    for (const rules::CauseRow& row : rules::catalogue())
        json.text(row.cause.id, row.cause.summary, all_octets);
    json.close();
    json.open("rules");
    for (const rules::RuleRow& row : rules::rulebook())
        json.text(row.rule.id, row.rule.summary, all_octets);
    json.close();
    json.close();
    return body += '\n';
}

std::string about_json(const ReviewSources& sources, bool ready) {
    const StartLine about = sources.about ? sources.about() : StartLine{};
    std::string body;
    JsonWriter json(body);
    json.open();
    json.text("version", about.version, all_octets);
    json.text("listen", about.listen, all_octets);
    json.text("upstream", about.upstream, all_octets);
    json.text("mode", about.mode, all_octets);
    json.boolean("dev", about.dev);
    json.text("run", sources.run, all_octets);
    json.text("state", ready ? "ready" : "draining", all_octets);
    json.close();
    return body;
}

}  // namespace whogoes::report
