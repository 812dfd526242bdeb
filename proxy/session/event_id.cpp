#include "proxy/session/event_id.hpp"

#include <atomic>
#include <cstdint>

namespace whogoes::session {

std::string next_event_id(rules::TimePoint time) {
    static std::atomic<std::uint32_t> sequence{0};
    constexpr std::string_view digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    const auto milliseconds = static_cast<std::uint64_t>(time.time_since_epoch().count());
    const std::uint64_t number =
        (milliseconds << 20) | (sequence.fetch_add(1, std::memory_order_relaxed) & 0xFFFFF);
    std::string id(12, '0');
    for (std::size_t i = 0; i < id.size(); ++i) id[i] = digits[(number >> (55 - 5 * i)) & 31];
    return id;
}

}  // namespace whogoes::session
