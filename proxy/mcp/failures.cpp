#include "proxy/mcp/arguments.hpp"
#include "proxy/mcp/quoted.hpp"
#include "proxy/mcp/record_row.hpp"

#include <algorithm>
#include <utility>

// `failures` and `explain_failure`: what `whogoes log` and `whogoes log show` tell.
namespace whogoes::mcp {
namespace {

constexpr std::int64_t usual_limit = 20;

}  // namespace

Outcome list_failures(const json::object& arguments, const Sources& sources, Abandoned) {
    auto filter = filter_in(arguments, sources);
    if (!filter.has_value()) return failed(filter.error());
    const auto limit = static_cast<std::size_t>(number_in(arguments, "limit", usual_limit));
    const Picked picked = pick(std::move(*filter), sources, limit);
    if (!picked.flaw.empty()) return failed(picked.flaw);
    tools::Vocabulary vocabulary;
    json::array rows;
    for (const std::string& record : picked.records)
        if (const auto entry = tools::read_entry(record, vocabulary))
            rows.push_back(row_of(*entry));
    Outcome outcome;
    outcome.content["note"] = quoted_note;
    outcome.content["total"] = picked.total;
    outcome.content["shown"] = rows.size();
    outcome.content["failures"] = std::move(rows);
    return outcome;
}

Outcome explain_failure(const json::object& arguments, const Sources& sources, Abandoned) {
    auto filter = tools::LogFilter::from({});
    const std::string id = text_in(arguments, "id");
    const bool plain =
        id.size() >= 4 && id.size() <= 12 && std::all_of(id.begin(), id.end(), [](char c) {
            return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        });
    if (!plain) return failed("id is that of an event, or its beginning, as `failures` shows it");
    filter->only_ids({id});
    const Picked picked = pick(std::move(*filter), sources, 1);
    if (!picked.flaw.empty()) return failed(picked.flaw);
    tools::Vocabulary vocabulary;
    const auto entry = picked.records.empty()
                           ? std::nullopt
                           : tools::read_entry(picked.records.front(), vocabulary);
    if (!entry) return failed("no event of that id is there: `failures` lists those that are kept");
    if (picked.total > 1 && id.size() < 12)
        return failed("several events have an id that begins so: give more of it");
    Outcome outcome;
    outcome.content["note"] = quoted_note;
    for (auto& [name, value] : card_of(*entry)) outcome.content[name] = std::move(value);
    return outcome;
}

}  // namespace whogoes::mcp
