#include "proxy/tools/log.hpp"

#include "proxy/tools/fail_on.hpp"
#include "proxy/tools/log_reading.hpp"

#include <utility>

namespace whogoes::tools {
namespace {

enum Exit : int { fine = 0, found = 1, usage = 2 };

// What went wrong while the log was read; the exit code, or fine.
int account(const LogReading& reading, const LogStreams& streams) {
    for (const std::string& problem : reading.problems()) streams.complain("log: " + problem);
    if (const std::string remarks = reading.remarks(); !remarks.empty())
        streams.complain("log: " + remarks);
    if (!reading.anything_read()) return usage;
    if (const std::string findings = reading.findings(); !findings.empty()) {
        streams.complain("log: --fail-on: " + findings);
        return found;
    }
    return fine;
}

int refuse(const LogStreams& streams, const std::string& words) {
    streams.complain("log: " + words);
    return usage;
}

}  // namespace

int review_log(const LogRequest& request, const LogStreams& streams) {
    if (request.action == LogAction::purge) return purge_log(request, streams);
    auto filter = LogFilter::from(request.filter);
    if (!filter.has_value()) return refuse(streams, filter.error());
    if (!request.ids.empty()) filter->only_ids(request.ids);
    const auto fail_on = fail_on_ids(request.fail_on);
    if (!fail_on.has_value()) return refuse(streams, "--fail-on: " + fail_on.error());
    const auto sources = log_sources(request);
    if (!sources.has_value()) return refuse(streams, sources.error());

    LogReading reading(std::move(*filter), *fail_on);
    if (!request.follow) reading.tell(streams.progress);
    std::string problem;
    std::size_t shown = 1;
    switch (request.action) {
        case LogAction::list:
            if (request.follow)
                follow_log(request, reading, *sources, streams);
            else
                list_log(request, reading, *sources, streams);
            break;
        case LogAction::summary:
            summarise_log(request, reading, *sources, streams);
            break;
        case LogAction::stats:
            problem = count_log(request, reading, *sources, streams);
            break;
        case LogAction::show:
            shown = show_log(request, reading, *sources, streams);
            break;
        case LogAction::export_records:
            problem = export_log(request, reading, *sources, streams);
            break;
        case LogAction::purge:
            break;
    }
    if (!problem.empty()) return refuse(streams, problem);
    const int code = account(reading, streams);
    if (code == fine && shown == 0) {
        streams.complain("log: no event of that id is there");
        return found;
    }
    return code;
}

}  // namespace whogoes::tools
