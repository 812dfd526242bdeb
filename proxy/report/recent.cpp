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

std::vector<KeptEvent> RecentEvents::behind(std::uint64_t after, std::size_t most) const {
    const std::lock_guard lock(mutex_);
    const std::uint64_t shown = std::min<std::uint64_t>({most, limit_, next_ - 1});
    const std::uint64_t from = std::max(after + 1, next_ - shown);
    std::vector<KeptEvent> events;
    for (const Batch& batch : batches_) {
        if (batch.first + batch.count <= from) continue;
        std::string_view lines = batch.lines;
        for (std::uint64_t sequence = batch.first; !lines.empty(); ++sequence) {
            const std::size_t end = lines.find('\n');
            if (sequence >= from) events.push_back({sequence, std::string(lines.substr(0, end))});
            if (end == std::string_view::npos) break;
            lines.remove_prefix(end + 1);
        }
    }
    return events;
}

}  // namespace whogoes::report
