#pragma once

#include "proxy/mcp/tool.hpp"
#include "proxy/tools/log_entry.hpp"
#include "proxy/tools/log_filter.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <string>

// Records as the tools show them. What stands outside of "quoted" is a word of our own tables, a
// number, a time or a fingerprint, whoever wrote the log.
namespace whogoes::mcp {

// When, what and why, in a few members.
json::object row_of(const tools::Entry&);
// All that the log tells of it.
json::object card_of(const tools::Entry&);

// The last `most` records that a filter wants, and how many there were.
struct Picked {
    std::deque<std::string> records{};
    std::uint64_t total = 0;
    std::uint64_t no_records = 0;  // lines that are none, or longer than any of ours
    std::string flaw{};
};
Picked pick(tools::LogFilter, const Sources&, std::size_t most);
// Each that is wanted, without keeping any.
std::string visit(tools::LogFilter&, const Sources&,
                  const std::function<void(const tools::Glance&)>& take);

}  // namespace whogoes::mcp
