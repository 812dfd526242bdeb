#include "proxy/session/answer_body.hpp"

#include <algorithm>
#include <cstring>

namespace whogoes::session {

AnswerBody::AnswerBody(const http::ResponseHead& head, bool to_http_1_0)
    : framing_(head.framing),
      left_(head.content_length),
      unchunk_(to_http_1_0 && head.framing == http::Framing::chunked),
      done_(head.framing == http::Framing::none ||
            (head.framing == http::Framing::length && head.content_length == 0)) {}

AnswerBody::Portion AnswerBody::take(char* at, std::size_t octets) {
    if (done_) return {};
    if (unchunk_) return unchunked(at, octets);
    std::size_t taken = octets;
    switch (framing_) {
        case http::Framing::chunked:
            taken = step(chunks_.follow({at, octets}));
            if (flawed_) taken = 0;
            break;
        case http::Framing::length:
            taken = std::min<std::uint64_t>(left_, octets);
            left_ -= taken;
            done_ = left_ == 0;
            break;
        case http::Framing::until_close:
        case http::Framing::none:
            done_ = whole_;
            break;
    }
    return {taken, taken};
}

AnswerBody::Portion AnswerBody::unchunked(char* at, std::size_t octets) {
    Portion portion;
    while (portion.consumed < octets && !done_ && !flawed_) {
        const http::ChunkTracker::Step next =
            chunks_.next_data({at + portion.consumed, octets - portion.consumed});
        if (!next.data.empty())
            std::memmove(at + portion.octets, next.data.data(), next.data.size());
        portion.octets += next.data.size();
        portion.consumed += step(next);
        if (next.consumed == 0 && next.data.empty()) break;
    }
    return portion;
}

std::size_t AnswerBody::step(const http::ChunkTracker::Step& step) {
    done_ = step.state == http::ChunkTracker::State::done;
    flawed_ = step.state == http::ChunkTracker::State::flawed;
    return step.consumed;
}

}  // namespace whogoes::session
