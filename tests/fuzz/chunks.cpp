#include "proxy/http/chunks.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

// A chunked body of any octets, whole, octet by octet, and in pieces of the first octet's size:
// the same end, the same payload, the same flaw.
namespace {

using whogoes::http::ChunkTracker;

void require(bool condition) {
    if (!condition) std::abort();
}

struct Outcome {
    ChunkTracker::State state = ChunkTracker::State::more;
    std::size_t consumed = 0;
    std::string payload;
    std::string_view flaw;
};

Outcome follow(std::string_view text, std::size_t piece) {
    Outcome outcome;
    ChunkTracker tracker;
    while (outcome.consumed < text.size() && outcome.state == ChunkTracker::State::more) {
        const std::string_view slice = text.substr(outcome.consumed, piece);
        const ChunkTracker::Step step = tracker.follow(slice);
        require(step.consumed <= slice.size());
        require(step.consumed == slice.size() || step.state != ChunkTracker::State::more);
        outcome.consumed += step.consumed;
        outcome.state = step.state;
    }
    outcome.flaw = tracker.flaw();
    return outcome;
}

Outcome read(std::string_view text, std::size_t piece) {
    Outcome outcome;
    ChunkTracker tracker;
    while (outcome.consumed < text.size() && outcome.state == ChunkTracker::State::more) {
        const ChunkTracker::Step step = tracker.next_data(text.substr(outcome.consumed, piece));
        require(step.consumed > 0);
        outcome.payload += step.data;
        outcome.consumed += step.consumed;
        outcome.state = step.state;
    }
    outcome.flaw = tracker.flaw();
    return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    if (size == 0) return 0;
    const std::size_t piece = std::max<std::size_t>(1, octets[0]);
    const std::string_view text(reinterpret_cast<const char*>(octets) + 1, size - 1);
    const Outcome whole = follow(text, text.size());
    const Outcome data = read(text, text.size());
    for (const Outcome& other : {follow(text, 1), follow(text, piece), data, read(text, piece)}) {
        require(other.state == whole.state && other.consumed == whole.consumed);
        require(other.flaw == whole.flaw);
    }
    require(data.payload == read(text, 1).payload);
    require(data.payload == read(text, piece).payload);
    require((whole.state == ChunkTracker::State::flawed) == !whole.flaw.empty());
    return 0;
}
