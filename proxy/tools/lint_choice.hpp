#pragma once

#include "proxy/tools/lint.hpp"
#include "rules/diagnosis.hpp"
#include "rules/result.hpp"

#include <set>
#include <string>
#include <string_view>

// Which findings of `whogoes lint` are reported, and which make it fail.
namespace whogoes::tools {

class LintChoice {
public:
    // The error names the flag, the word and the nearest one.
    static rules::Result<LintChoice, std::string> from(const LintRequest&);

    bool wants(const rules::Finding&) const;
    bool wants(const rules::Violation&) const;
    bool wants_clients() const { return selected_.empty(); }  // they have no id to be selected by
    bool fails_on(std::string_view id) const { return failing_.contains(id); }
    bool fails_at_all() const { return !failing_.empty(); }

private:
    bool is_chosen(std::string_view id) const {
        return (selected_.empty() || selected_.contains(id)) && !ignored_.contains(id);
    }

    std::set<std::string, std::less<>> selected_, ignored_, failing_;
    rules::Severity severity_ = rules::Severity::info;
    rules::Confidence confidence_ = rules::Confidence::possible;
};

}  // namespace whogoes::tools
