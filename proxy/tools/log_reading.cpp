#include "proxy/tools/log_reading.hpp"

#include "proxy/tools/recorded.hpp"

#include <algorithm>
#include <sys/stat.h>
#include <utility>

namespace whogoes::tools {
namespace {

bool is_url(const std::string& text) {
    return text.starts_with("http://") || text.starts_with("https://");
}

bool is_there(const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0;
}

// "http://127.0.0.1:9401/#k=…"
LogSource source_of_url(const std::string& url, const LogRequest& request) {
    const auto hash = url.find('#');
    LogSource source{LogSource::Kind::url, url.substr(0, hash), {}};
    const auto key = hash == std::string::npos ? hash : url.find("k=", hash);
    if (key != std::string::npos)
        source.token = url.substr(key + 2, url.find('&', key) - key - 2);
    else if (request.token_for)
        source.token = request.token_for(source.place);
    return source;
}

// Bytes on the disk, packed as they may be.
std::uint64_t size_of(const std::vector<LogSource>& sources) {
    std::uint64_t size = 0;
    for (const LogSource& source : sources) {
        struct stat status {};
        if (source.kind == LogSource::Kind::file && ::stat(source.place.c_str(), &status) == 0)
            size += static_cast<std::uint64_t>(status.st_size);
    }
    return size;
}

std::string counted(std::uint64_t count, const char* one, const char* several) {
    return std::to_string(count) + (count == 1 ? one : several);
}

}  // namespace

LogReading::LogReading(LogFilter filter, std::vector<std::string> fail_on)
    : filter_(std::move(filter)) {
    for (std::string& id : fail_on) fail_on_.emplace(std::move(id), 0);
}

bool LogReading::take(std::string_view line, const TakeRecord& take_record) {
    Glance glance;
    switch (read_glance(line, glance)) {
        case LineKind::foreign:
            if (!line.empty() && line != "\r") ++foreign_;
            return true;
        case LineKind::broken:
            ++broken_;
            return true;
        case LineKind::record:
            break;
    }
    ++records_;
    if (!filter_.fits(glance)) return true;
    if (!fail_on_.empty()) {
        const auto note = [&](std::string_view id) {
            if (const auto found = fail_on_.find(id); found != fail_on_.end()) ++found->second;
        };
        note(glance.cause);
        for_each_rule(glance, [&](std::string_view id) {
            if (id != glance.cause) note(id);  // preflight-rejected is both
        });
    }
    return !filter_.shows(glance) || take_record(glance);
}

void LogReading::read(const std::vector<LogSource>& sources, const TakeRecord& take_record) {
    bool go_on = true;
    const std::uint64_t size = progress_ ? size_of(sources) : 0;
    std::uint64_t done = 0;
    const auto note_bytes = [&](std::uint64_t bytes) {
        done += bytes;
        if (progress_) progress_(done, size);
    };
    for (const LogSource& source : sources) {
        if (!go_on) return;
        const auto take_line = [&](std::string_view line) {
            anything_read_ = true;
            return go_on = take(line, take_record);
        };
        const std::string problem = read_lines(source, take_line, note_bytes);
        if (problem.empty())
            anything_read_ = true;
        else
            problems_.push_back(problem);
    }
}

std::string LogReading::remarks() const {
    std::string out;
    if (foreign_ > 0)
        out +=
            counted(foreign_, " line is no record of whogoes", " lines are no records of whogoes");
    if (broken_ > 0)
        out += (out.empty() ? "" : ", ") + counted(broken_, " is broken", " are broken");
    if (foreign_ == 0 && broken_ > 0)
        out = counted(broken_, " line is broken", " lines are broken");
    return out;
}

std::string LogReading::findings() const {
    std::string out;
    for (const auto& [id, count] : fail_on_)
        if (count > 0) out += (out.empty() ? "" : ", ") + id + " (" + std::to_string(count) + ")";
    return out;
}

rules::Result<std::vector<LogSource>, std::string> log_sources(const LogRequest& request) {
    using Sources = rules::Result<std::vector<LogSource>, std::string>;
    std::vector<LogSource> sources;
    for (const std::string& input : request.inputs) {
        if (input == "-")
            sources.push_back({LogSource::Kind::standard_input, input, {}});
        else if (is_url(input))
            sources.push_back(source_of_url(input, request));
        else
            sources.push_back({LogSource::Kind::file, input, {}});
    }
    if (!sources.empty()) {
        sort_by_first_record(sources);
        return Sources(boost::system::in_place_value, std::move(sources));
    }
    if (!request.log_file.empty()) {
        for (std::string& path : with_rotated(request.log_file))
            sources.push_back({LogSource::Kind::file, std::move(path), {}});
        if (sources.empty() && (request.follow || request.admin_url.empty()))
            sources.push_back({LogSource::Kind::file, request.log_file, {}});
        if (!sources.empty()) return Sources(boost::system::in_place_value, std::move(sources));
    }
    if (!request.admin_url.empty() && !request.local_token.empty()) {
        sources.push_back({LogSource::Kind::url, request.admin_url, request.local_token});
        return Sources(boost::system::in_place_value, std::move(sources));
    }
    return Sources(
        boost::system::in_place_error,
        "which log? Name a file, - for standard input, or the review URL that a running whogoes "
        "printed at its start (http://127.0.0.1:9401/#k=…); or set log.output in the "
        "configuration, or WHOGOES_ADMIN_TOKEN" +
            std::string(!request.log_file.empty() && !is_there(request.log_file)
                            ? " (" + request.log_file + " is not there yet)"
                            : ""));
}

}  // namespace whogoes::tools
