#pragma once

#include "proxy/report/event.hpp"
#include "rules/diagnosis.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

// A record read back from its line: the event as it was logged, so that everything that shows
// events shows those of a log as well.
namespace whogoes::tools {

// The words that events refer to and do not own: names of facts, and causes and rules that this
// version does not know, because another one wrote the log. Must outlive the entries.
class Vocabulary {
public:
    const rules::Cause* cause(std::string_view id, std::string_view advice);
    const rules::Rule* rule(std::string_view id);
    std::string_view word(std::string_view text);

private:
    std::set<std::string, std::less<>> words_;
    std::map<std::string, rules::Cause, std::less<>> causes_;
    std::map<std::string, rules::Rule, std::less<>> rules_;
};

struct Entry {
    report::AuthEvent event{};
    std::string record{};  // its JSON, as it stood
};

// `record` is a Glance's. Empty where it is no record after all.
std::optional<Entry> read_entry(std::string_view record, Vocabulary& vocabulary);

// The record with whatever could act on a terminal escaped: the same JSON.
std::string printable(std::string_view record);

}  // namespace whogoes::tools
