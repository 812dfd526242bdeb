#include "proxy/renew/key_slot.hpp"

#include <algorithm>

namespace whogoes::renew {
namespace {

bool has(const rules::KeySet& set, std::string_view kid) {
    const std::vector<std::string> kids = set.kids();
    return std::find(kids.begin(), kids.end(), kid) != kids.end();
}

}  // namespace

bool KeySlot::wants(std::string_view kid, Time now) {
    if (!may_fetch(now)) return false;
    if (!set_ || now - taken_at_ >= limits_.stale_after) return true;
    if (kid.empty() || has(*set_, kid)) return false;
    std::erase_if(absent_, [&](const Absent& one) { return one.until <= now; });
    return std::none_of(absent_.begin(), absent_.end(),
                        [&](const Absent& one) { return one.kid == kid; });
}

void KeySlot::begin(std::string_view kid) {
    fetching_ = true;
    looked_for_ = kid;
}

KeySlot::Told KeySlot::took(Set fresh, Time now) {
    const bool was_failing = std::exchange(failing_, false);
    const Set before = std::exchange(set_, std::move(fresh));
    fetching_ = false;
    taken_at_ = now;
    next_at_ = now + limits_.cool_down;
    if (!looked_for_.empty() && !has(*set_, looked_for_)) {
        absent_.push_back({looked_for_, now + limits_.absence_holds});
        if (absent_.size() > limits_.most_absent) absent_.pop_front();
    }
    looked_for_.clear();
    if (!before && !was_failing) return Told::first;
    if (was_failing) return Told::recovered;
    return same_names(*before, *set_) ? Told::nothing : Told::changed;
}

KeySlot::Told KeySlot::failed(Time now) {
    fetching_ = false;
    next_at_ = now + limits_.cool_down;
    looked_for_.clear();
    return std::exchange(failing_, true) ? Told::nothing : Told::failing;
}

bool same_names(const rules::KeySet& one, const rules::KeySet& other) {
    return one.kids() == other.kids() && one.algorithms() == other.algorithms();
}

}  // namespace whogoes::renew
