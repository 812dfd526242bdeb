#include "proxy/observe/history.hpp"

#include <algorithm>
#include <string_view>

namespace whogoes::observe {
namespace {

constexpr std::int64_t told_again_after_ms = 1000;
constexpr int told_a_second = 200;
constexpr std::size_t most_told = 4096;

// Only gates a slower path, so it need not withstand an adversary; the key keeps it unguessable.
// The end of a credential tells it from others: that is where a signature or a password lies.
std::uint64_t mixed(std::uint64_t seed, std::string_view bytes) {
    constexpr std::size_t telling = 48;
    seed = (seed ^ bytes.size()) * 0x9E3779B97F4A7C15ULL;
    bytes.remove_prefix(bytes.size() - std::min(bytes.size(), telling));
    return seed ^ std::hash<std::string_view>{}(bytes);
}

}  // namespace

bool AcceptedGate::opens(const http::RequestHead& request, std::int64_t now_ms) {
    const std::string_view authorization = request.value(http::FieldName::authorization);
    const std::string_view cookie = request.value(http::FieldName::cookie);
    if (authorization.empty() && cookie.empty()) return false;
    std::uint64_t key = mixed(mixed(key_, authorization), cookie);
    key = mixed(mixed(key, request.target()), request.method());
    Slot& slot = slots_[key % slots_.size()];
    if (slot.key == key && now_ms - slot.told_ms < told_again_after_ms) return false;
    if (now_ms / 1000 != second_) {
        second_ = now_ms / 1000;
        budget_ = told_a_second;
    }
    if (budget_ == 0) return false;
    --budget_;
    slot = {key, now_ms};
    return true;
}

History::History(std::uint64_t hash_key, const rules::FingerprintKey* fingerprint_key)
    : history_(hash_key, {}, fingerprint_key), hash_key_(hash_key) {}

rules::Recollection History::recall(const rules::Exchange& exchange) {
    const std::lock_guard lock(mutex_);
    return history_.recall(exchange);
}

bool History::is_latest(const rules::Noted& noted) {
    const std::lock_guard lock(mutex_);
    return history_.is_latest(noted);
}

bool History::is_completed(const rules::Noted& first_leg) {
    const std::lock_guard lock(mutex_);
    return history_.is_completed(first_leg);
}

void History::refused_again(const rules::Noted& noted, rules::TimePoint at) {
    const std::lock_guard lock(mutex_);
    history_.refused_again(noted, at);
}

rules::Noted History::remember(const rules::Exchange& exchange) {
    const std::lock_guard lock(mutex_);
    const rules::Noted noted = history_.remember(exchange);
    if (!exchange.upstream_date) return noted;
    // Date has whole seconds; on average the true time is half a second later.
    const auto skew =
        *exchange.upstream_date + std::chrono::milliseconds(500) - exchange.answered_at;
    skews_ms_[skew_samples_++ % skews_ms_.size()] = skew.count();
    return noted;
}

bool History::is_news(std::uint64_t what) {
    const std::lock_guard lock(mutex_);
    if (told_.size() >= most_told) told_.clear();
    return told_.insert(what).second;
}

std::optional<std::chrono::seconds> History::skew() {
    const std::lock_guard lock(mutex_);
    const std::size_t samples = std::min(skew_samples_, skews_ms_.size());
    if (samples < 3) return std::nullopt;
    std::array<std::int64_t, 9> sorted = skews_ms_;
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(samples / 2);
    std::nth_element(sorted.begin(), middle, sorted.begin() + static_cast<std::ptrdiff_t>(samples));
    // Under 1.5 s it is noise of the whole seconds.
    if (*middle > -1500 && *middle < 1500) return std::chrono::seconds(0);
    return std::chrono::round<std::chrono::seconds>(std::chrono::milliseconds(*middle));
}

}  // namespace whogoes::observe
