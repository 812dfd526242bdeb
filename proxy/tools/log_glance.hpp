#pragma once

#include "rules/time.hpp"

#include <string>
#include <string_view>

// One line of a log looked at once and not copied: what filters and summaries ask for. Checks that
// the line is JSON and a record of ours; what a record says in full is read by log_entry.
namespace whogoes::tools {

enum class LineKind { record, foreign, broken };

// Views into the line, as they stand there: see unescaped().
struct Glance {
    std::string_view record;  // the line without what a collector put in front
    std::string_view time;    // "2026-11-23T12:51:24.318Z": compares as text
    std::string_view event, id;
    std::string_view method, path, route;
    std::string_view client;
    std::string_view cause, token, replaced_token, refresh;
    std::string_view rules;  // "\"a\",\"b\""
    int status = 0;
};

// `broken`: meant to be one of ours, but cut or not JSON. An empty line is foreign.
LineKind read_glance(std::string_view line, Glance& glance);

// The text of a JSON string's inside; `scratch` holds it where it had an escape.
std::string_view unescaped(std::string_view raw, std::string& scratch);

// Calls `take` with each id of Glance::rules.
template <class Take>
void for_each_rule(const Glance& glance, Take take) {
    std::string_view list = glance.rules;
    while (true) {
        const auto begin = list.find('"');
        if (begin == std::string_view::npos) return;
        const auto end = list.find('"', begin + 1);
        if (end == std::string_view::npos) return;
        take(list.substr(begin + 1, end - begin - 1));
        list.remove_prefix(end + 1);
    }
}

std::string record_time(rules::TimePoint);  // as a record has it

}  // namespace whogoes::tools
