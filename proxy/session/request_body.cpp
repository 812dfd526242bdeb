#include "proxy/session/request_body.hpp"

#include <algorithm>

namespace whogoes::session {

RequestBody::Portion RequestBody::take(std::string_view bytes) {
    if (framing == http::Framing::none) return {.done = true};
    if (framing == http::Framing::length) {
        const std::size_t octets = std::min<std::uint64_t>(left, bytes.size());
        left -= octets;
        return {.octets = octets, .done = left == 0};
    }
    const http::ChunkTracker::Step step = chunks.follow(bytes);
    return {.octets = step.consumed,
            .done = step.state == http::ChunkTracker::State::done,
            .flawed = step.state == http::ChunkTracker::State::flawed};
}

bool RequestBody::begin(const http::RequestHead& head, std::string_view rest) {
    framing = head.framing;
    left = head.framing == http::Framing::length ? head.content_length : 0;
    const Portion portion = take(rest);
    in_buffer = rest.substr(0, portion.octets);
    complete = portion.done;
    return !portion.flawed;
}

}  // namespace whogoes::session
