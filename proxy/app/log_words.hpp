#pragma once

#include "proxy/tools/log.hpp"
#include "rules/result.hpp"
#include "rules/time.hpp"

#include <string>
#include <vector>

// The words of `whogoes log`: its flags, and what they ask for.
namespace whogoes::app {

struct LogArguments {
    std::vector<std::string> words;  // an action, ids, files, URLs, "-"
    tools::LogFilterWords filter;
    std::string since, until, bucket, lines = "50", har;
    std::vector<std::string> by, fail_on;
    bool follow = false, summary = false, curl = false, markdown = false, jsonl = false;
    bool confirmed = false;
    bool utc = false;  // times as records have them; else by this machine's clock
};

// All but what the configuration and the terminal tell. `output` is -o's word. The error is one
// sentence.
rules::Result<tools::LogRequest, std::string> log_request(const LogArguments&,
                                                          const std::string& output,
                                                          rules::TimePoint now);

}  // namespace whogoes::app
