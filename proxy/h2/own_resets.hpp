#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

// Which streams this side ended before their peer did: frames for those may still be under way and
// mean no harm; for any other that is over they are a fault (RFC 9113, 5.1). Bounded: of old ones,
// all are taken for such. Pure.
namespace whogoes::h2 {

class OwnResets {
public:
    void note(std::int32_t id) {
        if (recent_.size() == most) {
            old_ = std::max(old_, *std::max_element(recent_.begin(), recent_.end()));
            recent_.clear();
        }
        recent_.push_back(id);
    }

    bool may_be(std::int32_t id) const {
        return id <= old_ || std::find(recent_.begin(), recent_.end(), id) != recent_.end();
    }

private:
    static constexpr std::size_t most = 256;
    std::vector<std::int32_t> recent_;
    std::int32_t old_ = 0;
};

}  // namespace whogoes::h2
