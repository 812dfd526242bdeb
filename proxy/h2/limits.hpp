#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

// What one HTTP/2 connection may cost, on either side. nghttp2 leaves these to the application.
namespace whogoes::h2 {

struct Limits {
    std::uint32_t streams = 250;  // at once; announced as MAX_CONCURRENT_STREAMS
    // Of a field block, each field 32 more than its octets (RFC 9113, 6.5.2); announced as
    // MAX_HEADER_LIST_SIZE.
    std::size_t field_list = std::size_t{64} * 1024;
    // How far a sender may be ahead of who takes its octets, and so what a stream may hold.
    std::uint32_t stream_window = 256 * 1024;
    std::uint32_t connection_window = 1024 * 1024;
    // The same of what is still to be sent: of one stream alone, and of all together, but what each
    // needs to go on at all.
    std::size_t answer_ahead = std::size_t{64} * 1024;
    std::size_t answers_ahead = std::size_t{1024} * 1024;
    std::size_t least_answer_ahead = std::size_t{8} * 1024;
    // Streams that end with RST_STREAM, whoever sends it: so many at once, and so many a second.
    std::uint32_t resets_at_once = 500, resets_per_second = 100;
    // PING, SETTINGS, PRIORITY, empty DATA and unknown frames: what costs and brings nothing.
    std::uint32_t idle_frames_at_once = 1000, idle_frames_per_second = 100;
    std::chrono::milliseconds frame{10000};  // for one that has begun to arrive, and its block
    std::chrono::milliseconds idle{75000};  // without a stream; and for a reader that takes nothing
};

}  // namespace whogoes::h2
