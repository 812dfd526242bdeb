#include "proxy/report/event_stream.hpp"

#include <utility>

namespace whogoes::report {

EventStream::EventStream(const ReviewSources& sources, RecordFilter filter, std::uint64_t after,
                         std::function<bool()> ready)
    : sources_(sources),
      filter_(std::move(filter)),
      ready_(std::move(ready)),
      seen_(after),
      counts_losses_(after > 0 || sources.kept->newest() == 0) {}

std::string EventStream::next(std::chrono::steady_clock::time_point now) {
    std::string out;
    if (!begun_) out = "retry: 1000\n\n";
    begun_ = true;
    append_about(out);
    append_events(out);
    if (out.empty() && now - said_ >= heartbeat) out = ": still here\n\n";
    if (!out.empty()) said_ = now;
    return out;
}

// At the start, and when a reload or the end has changed it.
void EventStream::append_about(std::string& out) {
    std::string about = about_json(sources_, ready_ && ready_());
    if (about == about_) return;
    about_ = std::move(about);
    out += "event: about\ndata: " + about_ + "\n\n";
}

void EventStream::append_events(std::string& out) {
    bool found = false;
    while (!found) {
        const auto events = sources_.kept->next_behind(seen_, most_octets);
        if (events.empty()) return;
        const std::uint64_t lost =
            std::exchange(counts_losses_, true) ? events.front().sequence - seen_ - 1 : 0;
        if (lost > 0) {
            out += "event: gap\ndata: {\"lost\":" + std::to_string(lost) + "}\n\n";
        }
        seen_ = events.back().sequence;
        for (const KeptEvent& event : events) {
            if (filter_.fits && !filter_.fits(event.line)) continue;
            found = true;
            out +=
                "id: " + position_text(sources_, event.sequence) + "\ndata: " + event.line + "\n\n";
        }
    }
}

}  // namespace whogoes::report
