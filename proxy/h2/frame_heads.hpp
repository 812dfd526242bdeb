#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

// Where frames begin and end in what a peer sends (RFC 9113, 4.1): nghttp2 tells only of those that
// it takes, and passes over others, of types that are not known and for streams that are over.
// Pure.
namespace whogoes::h2 {

struct FrameHead {
    std::uint32_t length = 0;  // octets behind the head
    std::uint8_t type = 0, flags = 0;
    std::int32_t stream = 0;
};

class FrameHeads {
public:
    // `before`: octets that come ahead of the first frame.
    explicit FrameHeads(std::uint32_t before) : left_(before) {}

    // The octets up to the end of the frame that they begin or go on with, taken off `octets`.
    std::string_view next(std::string_view& octets) noexcept {
        began_ = false;
        std::size_t taken = 0;
        if (left_ == 0) {
            for (; had_ < sizeof head_ && taken < octets.size(); ++taken)
                head_[had_++] = static_cast<std::uint8_t>(octets[taken]);
            if (had_ == sizeof head_) begin();
        }
        const std::size_t behind = std::min<std::size_t>(left_, octets.size() - taken);
        left_ -= static_cast<std::uint32_t>(behind);
        const std::string_view piece = octets.substr(0, taken + behind);
        octets.remove_prefix(piece.size());
        return piece;
    }

    bool began() const noexcept { return began_; }  // a frame's head became whole in that piece
    const FrameHead& head() const noexcept { return frame_; }  // the latest
    bool is_within() const noexcept { return had_ > 0 || left_ > 0; }

private:
    void begin() noexcept {
        const auto number = [this](std::size_t at) { return std::uint32_t{head_[at]}; };
        frame_.length = number(0) << 16 | number(1) << 8 | number(2);
        frame_.type = head_[3];
        frame_.flags = head_[4];
        frame_.stream = static_cast<std::int32_t>((number(5) & 0x7f) << 24 | number(6) << 16 |
                                                  number(7) << 8 | number(8));
        left_ = frame_.length;
        had_ = 0;
        began_ = true;
    }

    std::uint8_t head_[9]{};
    std::uint8_t had_ = 0;
    bool began_ = false;
    std::uint32_t left_;
    FrameHead frame_;
};

}  // namespace whogoes::h2
