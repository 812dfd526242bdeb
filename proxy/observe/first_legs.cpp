#include "proxy/observe/first_legs.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace whogoes::observe {

bool FirstLegs::may_be(const rules::Exchange& seen, const rules::Diagnosis& diagnosis) {
    return seen.response.status == 401 && !seen.challenges.challenges.empty() &&
           seen.credentials.empty() && diagnosis.main &&
           diagnosis.main->cause->has(rules::Trait::may_be_first_leg);
}

void FirstLegs::hold(report::AuthEvent&& record, std::string_view level, const rules::Noted& noted,
                     std::string_view target, net::Clock::time_point until) {
    held_.push_back(
        {std::move(record), level, noted, std::hash<std::string_view>{}(target), until});
}

bool FirstLegs::awaits(std::string_view target) const noexcept {
    if (held_.empty()) return false;
    const std::uint64_t wanted = std::hash<std::string_view>{}(target);
    return std::any_of(held_.begin(), held_.end(),
                       [&](const Held& one) { return one.target == wanted; });
}

void FirstLegs::settle(net::Clock::time_point now, History& history, report::Recorder& recorder) {
    if (held_.empty()) return;
    for (Held& one : held_) {
        if (one.until > now) continue;
        if (history.is_completed(one.noted)) {
            rules::relabel_as_first_leg(one.record.diagnosis);
            one.record.level = one.level;
        }
        recorder.record(std::move(one.record));
    }
    std::erase_if(held_, [&](const Held& one) { return one.until <= now; });
}

}  // namespace whogoes::observe
