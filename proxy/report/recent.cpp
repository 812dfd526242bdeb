#include "proxy/report/recent.hpp"

#include "proxy/report/line_file.hpp"

#include <algorithm>
#include <utility>

namespace whogoes::report {

void RecentEvents::limit(std::size_t events) {
    const std::lock_guard lock(mutex_);
    limit_ = events;
    forget();
}

void RecentEvents::keep(std::string_view lines) {
    if (lines.empty()) return;
    const std::size_t count = static_cast<std::size_t>(count_lines(lines));
    const std::lock_guard lock(mutex_);
    batches_.push_back({std::string(lines), next_, count});
    next_ += count;
    events_ += count;
    octets_ += lines.size();
    forget();
}

// Whole batches at a time, so a few more than the limit may be held; behind() never shows them.
void RecentEvents::forget() {
    while (!batches_.empty()) {
        const Batch& oldest = batches_.front();
        if (octets_ <= most_octets && events_ < limit_ + oldest.count) return;
        events_ -= oldest.count;
        octets_ -= oldest.lines.size();
        batches_.pop_front();
    }
}

template <class Take>
void RecentEvents::walk(std::uint64_t from, Take take) const {
    for (const Batch& batch : batches_) {
        if (batch.first + batch.count <= from) continue;
        std::string_view lines = batch.lines;
        for (std::uint64_t sequence = batch.first; !lines.empty(); ++sequence) {
            const std::size_t end = lines.find('\n');
            if (sequence >= from && !take(sequence, lines.substr(0, end))) return;
            if (end == std::string_view::npos) break;
            lines.remove_prefix(end + 1);
        }
    }
}

std::vector<KeptEvent> RecentEvents::behind(std::uint64_t after, std::size_t most) const {
    const std::lock_guard lock(mutex_);
    const std::uint64_t shown = std::min<std::uint64_t>({most, limit_, next_ - 1});
    std::vector<KeptEvent> events;
    walk(std::max(after + 1, next_ - shown), [&](std::uint64_t sequence, std::string_view line) {
        events.push_back({sequence, std::string(line)});
        return true;
    });
    return events;
}

std::vector<KeptEvent> RecentEvents::next_behind(std::uint64_t after, std::size_t octets) const {
    const std::lock_guard lock(mutex_);
    const std::uint64_t shown = std::min<std::uint64_t>(limit_, next_ - 1);
    std::vector<KeptEvent> events;
    if (after + 1 >= next_) return events;
    std::size_t taken = 0;
    walk(std::max(after + 1, next_ - shown), [&](std::uint64_t sequence, std::string_view line) {
        taken += line.size();
        if (!events.empty() && taken > octets) return false;
        events.push_back({sequence, std::string(line)});
        return true;
    });
    return events;
}

std::uint64_t RecentEvents::newest() const {
    const std::lock_guard lock(mutex_);
    return next_ - 1;
}

}  // namespace whogoes::report
