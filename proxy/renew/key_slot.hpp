#pragma once

#include "proxy/net/deadlines.hpp"
#include "rules/keys.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

// The state of one JWK set that comes from a URL: the set there is, and when it is fetched again.
// Pure: the time comes in, and whoever owns it does what it decides. A set that is good is only
// ever replaced by another good one.
namespace whogoes::renew {

struct KeyLimits {
    std::size_t most_octets = 256 * 1024;
    std::chrono::milliseconds timeout{3000};  // of a fetch with its redirects
    // Between the end of a fetch and the begin of the next, however the first one ended.
    std::chrono::milliseconds cool_down{30000};
    std::chrono::seconds stale_after{3600};   // a refusal has an older set fetched again
    std::chrono::seconds absence_holds{600};  // how long a kid that was not found is not looked for
    std::size_t most_absent = 64;
};

class KeySlot {
public:
    using Time = net::Clock::time_point;
    using Set = std::shared_ptr<const rules::KeySet>;
    enum class Told : std::uint8_t { nothing, first, changed, recovered, failing };

    explicit KeySlot(KeyLimits limits = {}) : limits_(limits) {}

    // Whether a fetch is to begin now, for there is no set yet.
    bool wants_first(Time now) const { return !set_ && may_fetch(now); }
    // The same, for a refusal whose token names this key; the set may have it by now. A kid that
    // a fresh set did not have either asks for nothing for a while.
    bool wants(std::string_view kid, Time now);
    // A reload: the operator may have mended what was wrong.
    bool wants_after_reload() const { return !fetching_ && (!set_ || failing_); }

    void begin(std::string_view kid = {});
    Told took(Set, Time now);
    Told failed(Time now);  // the set there is stays

    const Set& set() const noexcept { return set_; }
    Time next_at() const noexcept { return next_at_; }

private:
    struct Absent {
        std::string kid;
        Time until{};
    };
    bool may_fetch(Time now) const { return !fetching_ && now >= next_at_; }

    KeyLimits limits_;
    Set set_;
    Time taken_at_{}, next_at_{};
    bool fetching_ = false;
    bool failing_ = false;
    std::string looked_for_;  // what the fetch under way is for
    std::deque<Absent> absent_;
};

// Whether both tell the same keys apart, as far as a log line goes.
bool same_names(const rules::KeySet&, const rules::KeySet&);

}  // namespace whogoes::renew
