#pragma once

#include "proxy/report/event.hpp"
#include "proxy/tools/lint.hpp"
#include "proxy/tools/lint_choice.hpp"

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

// What `whogoes lint` finds out, before it is written in any form.
namespace whogoes::tools {

// One exchange as it is shown: the event is redacted, and holds what was chosen alone.
struct Judged {
    report::AuthEvent event;
    std::string input;  // the file or URL it came from, without a query; may be empty
    bool from_file = false;
    std::vector<std::string> clients;
    std::string_view remark;  // on an answer that was asked for just now
    int times = 1;            // the same findings on the same method, path and status
    bool failed = false;
    bool request_known = true;

    bool silent() const {
        return !event.diagnosis.main && event.diagnosis.violations.empty() && clients.empty() &&
               remark.empty();
    }
};

struct LintTally {
    std::size_t exchanges = 0, errors = 0, warnings = 0, notes = 0;
    std::size_t known = 0,
                ignored = 0;  // findings that are not reported, by the baseline or by word
    std::map<int, std::size_t> statuses;
    std::set<std::string, std::less<>> failing;  // ids
    bool failed = false;
    bool all_seen = true;  // of each answer the request is known
    bool masked = false;   // of one the credential is not
};

struct LintResult {
    std::vector<Judged> judged;
    LintTally tally;
};

LintResult judge(const std::vector<Recorded>&, const LintRequest&, rules::TimePoint now,
                 const LintChoice&, const std::set<std::string>& known);

// By which a finding is known again.
std::string finding_key(std::string_view id, const report::AuthEvent&);
std::string finding_key(std::string_view id, int status, std::string_view method,
                        std::string_view path);

// The forms. Each ends in a newline.
std::string lint_text(const LintResult&, const LintRequest&);
std::string lint_json(const LintResult&);
std::string lint_sarif(const LintResult&, const LintRequest&);  // OASIS SARIF 2.1.0
std::string lint_junit(const LintResult&);                      // as Jenkins and GitLab read it
std::string lint_github(const LintResult&);                     // workflow commands: ::error

}  // namespace whogoes::tools
