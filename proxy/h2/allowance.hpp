#pragma once

#include "proxy/net/deadlines.hpp"

#include <algorithm>
#include <cstdint>

// How often something may happen: so many times at once, and so many a second. Pure.
namespace whogoes::h2 {

class Allowance {
public:
    Allowance(std::uint32_t at_once, std::uint32_t per_second)
        : most_(at_once), per_second_(per_second), left_(at_once) {}

    // False: it is spent.
    bool take(net::Clock::time_point now) {
        if (now > since_) {
            const double seconds = std::chrono::duration<double>(now - since_).count();
            left_ = std::min<double>(most_, left_ + seconds * per_second_);
            since_ = now;
        }
        if (left_ < 1) return false;
        left_ -= 1;
        return true;
    }

private:
    double most_, per_second_, left_;
    net::Clock::time_point since_{};
};

}  // namespace whogoes::h2
