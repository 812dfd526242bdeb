#include "proxy/net/accept_gate.hpp"

namespace whogoes::net {

bool AcceptGate::enter(std::size_t limit) noexcept {
    // Taken before it is known that somebody is there: two workers may come for the last place.
    std::size_t taken = places_.taken.load(std::memory_order_relaxed);
    while (taken < limit) {
        if (places_.taken.compare_exchange_weak(taken, taken + 1, std::memory_order_relaxed))
            return true;
    }
    shut_ = true;
    return false;
}

void AcceptGate::leave() noexcept { places_.taken.fetch_sub(1, std::memory_order_relaxed); }

bool AcceptGate::reopen(std::size_t limit) noexcept {
    if (!shut_ || places_.taken.load(std::memory_order_relaxed) >= limit) return false;
    shut_ = false;
    return true;
}

}  // namespace whogoes::net
