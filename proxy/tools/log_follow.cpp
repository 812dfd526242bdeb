#include "proxy/tools/log_lines.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <sys/stat.h>
#include <unordered_set>

namespace whogoes::tools {

std::string follow_lines(const FollowFrom& from, const TakeLine& take,
                         const std::function<bool()>& idle) {
    LineCutter cutter(take);
    auto file = std::make_unique<Descriptor>(open_log(from.path));
    std::uint64_t position = from.begin;
    if (file->fd >= 0) ::lseek(file->fd, static_cast<off_t>(position), SEEK_SET);
    while (true) {
        if (file->fd >= 0) {
            const ssize_t octets =
                read_some(file->fd, cutter.room(), std::min(log_block, cutter.room_size()));
            if (octets < 0) return cannot_read(from.path);
            position += static_cast<std::uint64_t>(octets);
            if (octets > 0) {
                if (!cutter.add(static_cast<std::size_t>(octets))) return {};
                continue;
            }
        }
        struct stat here {
        }, open{};
        const bool there = ::stat(from.path.c_str(), &here) == 0;
        const bool known = file->fd >= 0 && ::fstat(file->fd, &open) == 0;
        if (known && static_cast<std::uint64_t>(open.st_size) < position) {
            cutter.forget();  // emptied, as `log purge` does
            position = 0;
            ::lseek(file->fd, 0, SEEK_SET);
        } else if (there && (!known || here.st_ino != open.st_ino || here.st_dev != open.st_dev)) {
            // Whoever rotates writes no more to the old file, which was read to its end above.
            if (!cutter.finish()) return {};
            cutter.forget();
            file = std::make_unique<Descriptor>(open_log(from.path));
            position = 0;
        } else if (!idle()) {
            return {};
        }
    }
}

std::string follow_url(const LogSource& source, const TakeLine& take,
                       const std::function<bool()>& idle) {
    constexpr int pauses = 5;  // between two questions
    std::unordered_set<std::string> before;
    while (true) {
        std::unordered_set<std::string> now;
        bool go_on = true;
        std::string problem = read_lines(source, [&](std::string_view line) {
            std::string text(line);
            if (before.find(text) == before.end()) go_on = take(line);
            now.insert(std::move(text));
            return go_on;
        });
        if (!problem.empty()) return problem;
        before = std::move(now);
        for (int i = 0; i < pauses; ++i)
            if (!go_on || !idle()) return {};
    }
}

}  // namespace whogoes::tools
