#include "proxy/report/log_tail.hpp"

#include "proxy/report/line_file.hpp"
#include "proxy/report/record.hpp"

#include <algorithm>
#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace whogoes::report {
namespace {

// The last octets of the file, from a line's begin to a line's end.
std::string last_lines(const std::string& path, std::size_t octets) {
    std::string text;
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat status {};
    if (fd < 0) return text;
    if (::fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
        const auto size = static_cast<std::size_t>(status.st_size);
        text.resize(std::min(size, octets));
        const ssize_t read =
            ::pread(fd, text.data(), text.size(), static_cast<off_t>(size - text.size()));
        text.resize(read > 0 ? static_cast<std::size_t>(read) : 0);
        if (size > octets) text.erase(0, std::min(text.find('\n'), text.size() - 1) + 1);
        text.erase(text.rfind('\n') + 1);
    }
    ::close(fd);
    return text;
}

bool is_record(std::string_view line) {
    return line.size() < longest_record && line.starts_with("{\"time\":\"") &&
           line.find("\"schema\":\"whogoes/1\"") != std::string_view::npos && line.ends_with('}');
}

// Puts the newest records of `text` in front of `records`.
void take_newest(std::string_view text, std::size_t most, std::size_t most_octets,
                 std::string& records) {
    std::size_t count = count_lines(records);
    std::string taken;
    std::size_t end = text.size();
    std::size_t begin = end;
    while (end > 0 && count < most) {
        const std::size_t newline = end >= 2 ? text.rfind('\n', end - 2) : std::string_view::npos;
        begin = newline == std::string_view::npos ? 0 : newline + 1;
        const std::string_view line = text.substr(begin, end - begin);
        end = begin;
        if (!is_record(line.substr(0, line.size() - 1))) continue;
        if (records.size() + taken.size() + line.size() > most_octets) break;
        taken.append(line.rbegin(), line.rend());  // turned round below, all at once
        ++count;
    }
    std::reverse(taken.begin(), taken.end());
    records.insert(0, taken);
}

}  // namespace

std::string last_records(const std::string& path, std::size_t most, std::size_t most_octets) {
    std::string records;
    for (const std::string& name : {path, path + ".1"}) {
        const std::size_t room = most_octets - records.size();
        const std::size_t before = records.size();
        const std::string text = last_lines(name, room);
        take_newest(text, most, most_octets, records);
        // Not all of this file fitted: the older one must not leave a gap.
        if (count_lines(records) >= most || text.size() + before + longest_record > most_octets)
            break;
    }
    return records;
}

}  // namespace whogoes::report
