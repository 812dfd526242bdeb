#include "proxy/app/log_words.hpp"

#include "proxy/app/moment.hpp"
#include "proxy/app/units.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>

namespace whogoes::app {
namespace {

using Request = rules::Result<tools::LogRequest, std::string>;

struct Action {
    std::string_view word;
    tools::LogAction action;
};
constexpr Action actions[] = {{"list", tools::LogAction::list},
                              {"summary", tools::LogAction::summary},
                              {"stats", tools::LogAction::stats},
                              {"show", tools::LogAction::show},
                              {"export", tools::LogAction::export_records},
                              {"purge", tools::LogAction::purge}};

bool is_id_like(const std::string& word, std::size_t least) {
    const bool plain = std::all_of(word.begin(), word.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    });
    std::error_code ignored;
    return plain && word.size() >= least && word.size() <= 12 &&
           !std::filesystem::exists(word, ignored);
}

// "-o text" and its like; table is what stats calls it.
std::string output_flaw(const std::string& output, tools::LogRequest& request) {
    request.json = output == "json";
    if (output == "json" || output == "text" || output == "table" || output == "auto") return {};
    return "-o is text or json";
}

std::string take_words(const LogArguments& arguments, tools::LogRequest& request) {
    auto word = arguments.words.begin();
    if (word != arguments.words.end()) {
        const auto named = std::find_if(std::begin(actions), std::end(actions),
                                        [&](const Action& a) { return a.word == *word; });
        if (named != std::end(actions)) {
            request.action = named->action;
            ++word;
        }
    }
    if (arguments.summary) request.action = tools::LogAction::summary;
    const bool show = request.action == tools::LogAction::show;
    if (show && word == arguments.words.end())
        return "log show wants the id of an event, as the list shows it at the end of a row";
    for (; word != arguments.words.end(); ++word) {
        const bool first = show && request.ids.empty();
        const bool id =
            first || (show && is_id_like(*word, 4)) ||
            (request.action == tools::LogAction::export_records && is_id_like(*word, 12));
        (id ? request.ids : request.inputs).push_back(*word);
    }
    return {};
}

std::string take_form(const LogArguments& arguments, tools::LogRequest& request) {
    const int forms = static_cast<int>(!arguments.har.empty()) + static_cast<int>(arguments.curl) +
                      static_cast<int>(arguments.markdown) + static_cast<int>(arguments.jsonl);
    if (forms > 1) return "one of --har, --curl, --md and --jsonl at a time";
    if (forms == 1 && request.action != tools::LogAction::export_records) {
        if (request.action != tools::LogAction::list)
            return "--har, --curl, --md and --jsonl belong to `whogoes log export`";
        request.action = tools::LogAction::export_records;
        // Without the word, an id was taken for a file.
        const auto moved =
            std::stable_partition(request.inputs.begin(), request.inputs.end(),
                                  [](const std::string& input) { return !is_id_like(input, 12); });
        request.ids.insert(request.ids.end(), moved, request.inputs.end());
        request.inputs.erase(moved, request.inputs.end());
    }
    request.form = !arguments.har.empty() ? tools::LogForm::har
                   : arguments.curl       ? tools::LogForm::curl
                   : arguments.markdown   ? tools::LogForm::markdown
                                          : tools::LogForm::jsonl;
    request.har_file = arguments.har;
    return {};
}

std::string take_times(const LogArguments& arguments, rules::TimePoint now,
                       tools::LogRequest& request) {
    constexpr const char* cure =
        " is no time: write 15m, 12:51, 2026-11-23 or 2026-11-23T12:51:24Z";
    if (!arguments.since.empty()) {
        request.filter.since = parse_moment(arguments.since, now, !arguments.utc);
        if (!request.filter.since) return std::string("--since") + cure;
    }
    if (!arguments.until.empty()) {
        request.filter.until = parse_moment(arguments.until, now, !arguments.utc);
        if (!request.filter.until) return std::string("--until") + cure;
    }
    if (request.filter.since && request.filter.until &&
        *request.filter.since >= *request.filter.until)
        return "--since is not before --until";
    if (!arguments.bucket.empty()) {
        request.bucket = parse_duration(arguments.bucket);
        if (!request.bucket || request.bucket->count() < 1000)
            return "--bucket is no duration of a second or more: write 5m";
    }
    return {};
}

std::string take_lines(const LogArguments& arguments, tools::LogRequest& request) {
    if (arguments.lines == "all") {
        request.lines = tools::all_lines;
        return {};
    }
    const auto count = parse_count(arguments.lines);
    if (!count || *count > 10000000) return "--lines is no number: write 200, or all";
    request.lines = *count;
    return {};
}

// What would be silently without effect is refused.
std::string misplaced(const LogArguments& arguments, const tools::LogRequest& request) {
    using tools::LogAction;
    if (arguments.follow && request.action != LogAction::list)
        return "--follow belongs to the list";
    if (arguments.follow && request.inputs.size() > 1) return "--follow takes one file or URL";
    if (request.action != LogAction::stats && !(arguments.by.empty() && arguments.bucket.empty()))
        return "--by and --bucket belong to `whogoes log stats`";
    if (arguments.confirmed && request.action != LogAction::purge)
        return "--yes belongs to `whogoes log purge`";
    return {};
}

}  // namespace

Request log_request(const LogArguments& arguments, const std::string& output,
                    rules::TimePoint now) {
    tools::LogRequest request;
    request.filter = arguments.filter;
    request.style.local_time = !arguments.utc;
    request.follow = arguments.follow;
    request.by = arguments.by;
    request.fail_on = arguments.fail_on;
    request.confirmed = arguments.confirmed;
    std::string flaw = output_flaw(output, request);
    if (flaw.empty()) flaw = take_words(arguments, request);
    if (flaw.empty()) flaw = take_form(arguments, request);
    if (flaw.empty()) flaw = take_times(arguments, now, request);
    if (flaw.empty()) flaw = take_lines(arguments, request);
    if (flaw.empty()) flaw = misplaced(arguments, request);
    if (!flaw.empty()) return Request(boost::system::in_place_error, std::move(flaw));
    return Request(boost::system::in_place_value, std::move(request));
}

}  // namespace whogoes::app
