#pragma once

#include "proxy/report/console.hpp"
#include "proxy/report/recent.hpp"
#include "proxy/report/record_view.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The review page's API without sockets: which of the events in memory a question is about, and in
// which form it wants them (interface: sections 6 and 10). Who may ask is the router's to say.
namespace whogoes::report {

using QueryPairs = std::vector<std::pair<std::string, std::string>>;

// Which records are wanted. A flaw is a sentence for whoever asked.
struct RecordFilter {
    std::function<bool(std::string_view line)> fits;  // empty: all
    std::string flaw;
};

// What the API asks the rest of the process for.
struct ReviewSources {
    const RecentEvents* kept = nullptr;  // null: there is no review page
    std::string run;                     // names this process in positions
    std::function<StartLine()> about;
    std::function<RecordFilter(const QueryPairs&)> filter;      // of cause, rule, path and the like
    std::function<std::string(std::string_view line)> console;  // one record, console style
};

// A query taken apart: what the API itself knows, and what a filter made of the rest.
struct EventQuery {
    RecordFilter filter;
    std::string format = "json";
    std::size_t limit = 0;  // 0: as many as are kept
    std::string after;      // a position
    std::string flaw;
};
EventQuery parse_event_query(std::string_view query, const ReviewSources&);

// "a=1&b=%20": decoded; empty where that cannot be.
QueryPairs query_pairs(std::string_view query);

// A position is a run and the sequence number of an event in it, so that who comes back after a
// restart gets all of the new run's events: "3f9c21aa-142".
std::string position_text(const ReviewSources&, std::uint64_t sequence);
std::uint64_t position_in(const ReviewSources&, std::string_view text);  // 0: of another run

// The newest that fit, oldest first.
std::vector<KeptEvent> wanted_events(const EventQuery&, const ReviewSources&);

// The bodies. Each is given a query without a flaw.
std::string events_json(const EventQuery&, const ReviewSources&);
std::string events_text(const EventQuery&, const ReviewSources&);  // text, curl, markdown
std::string events_har(const EventQuery&, const ReviewSources&);
std::string events_jsonl(const EventQuery&, const ReviewSources&);
std::string summary_json(const EventQuery&, const ReviewSources&);

// The summary of every cause and rule by its id: {"causes":{ID:SUMMARY, …},
// …}.
std::string vocabulary_json();

// Who this is: version, addresses, mode, as JSON.
std::string about_json(const ReviewSources&, bool ready);

}  // namespace whogoes::report
