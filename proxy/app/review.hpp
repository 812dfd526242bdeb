#pragma once

#include "proxy/report/review.hpp"
#include "rules/time.hpp"

#include <string>
#include <string_view>

// What the review page's API takes from the log's tools, so that a filter means there what it means
// to `whogoes log`, and an event looks there as it does on the console.
namespace whogoes::app {

// Parameters cause, rule, path, route, method, status, client, token, since, until, id, event,
// text. A dash before the name keeps out what fits: "-cause".
report::RecordFilter record_filter(const report::QueryPairs&, rules::TimePoint now);

// One record in the console's style, in UTF-8, without colour; empty where it is none.
std::string console_record(std::string_view line);

}  // namespace whogoes::app
