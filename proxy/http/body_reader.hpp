#pragma once

#include "proxy/http/chunks.hpp"
#include "proxy/http/head.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

// How far a message's body has come, whatever its framing (RFC 9112, 6 and 7): octets in, out comes
// what of them belongs to it and, where it is asked for, its payload without that framing. Without
// I/O and without a copy; who reads and who writes is decided elsewhere.
namespace whogoes::http {

class BodyReader {
public:
    BodyReader() = default;  // no body
    explicit BodyReader(const Head& head)
        : framing_(head.framing), left_(head.content_length), done_(is_empty(head)) {}

    // Of the octets shown, the `octets` at their front belong to this body.
    struct Step {
        std::size_t octets = 0;
        bool done = false;
        bool flawed = false;  // its framing is broken: nothing more may be passed on
    };
    Step take(std::string_view octets) {
        if (done_ || flawed_) return {.done = done_, .flawed = flawed_};
        switch (framing_) {
            case Framing::none:
                break;
            case Framing::length:
                octets = octets.substr(
                    0, static_cast<std::size_t>(std::min<std::uint64_t>(left_, octets.size())));
                left_ -= octets.size();
                done_ = left_ == 0;
                break;
            case Framing::chunked:
                return take(chunks_.follow(octets));
            case Framing::until_close:
                done_ = next_is_last_;
                break;
        }
        return {octets.size(), done_, false};
    }

    // The same, and `payload(std::string_view)` is called with each run of it. With chunks that are
    // flawed what came before the flaw has been given by then.
    template <class Payload>
    Step take(std::string_view octets, Payload&& payload) {
        if (framing_ != Framing::chunked) {
            const Step step = take(octets);
            if (step.octets > 0) payload(octets.substr(0, step.octets));
            return step;
        }
        Step all{0, done_, flawed_};
        while (!all.done && !all.flawed && all.octets < octets.size()) {
            const ChunkTracker::Step next = chunks_.next_data(octets.substr(all.octets));
            if (!next.data.empty()) payload(next.data);
            const std::size_t before = all.octets;
            const Step one = take(next);
            all = {before + next.consumed, one.done, one.flawed};
            if (next.consumed == 0) break;
        }
        return all;
    }

    // So many octets of a body with a length, `left()` at most, went by unseen.
    void passed(std::size_t octets) noexcept {
        left_ -= octets;
        done_ = done_ || left_ == 0;
    }

    // The sender ended the connection in good order: that ends a body without a length, and cuts
    // any other.
    void connection_ended() noexcept { done_ = done_ || framing_ == Framing::until_close; }
    // The same, of octets that are still to be shown: the next take() shows the last of them.
    void next_is_last() noexcept { next_is_last_ = true; }

    bool done() const noexcept { return done_; }
    bool flawed() const noexcept { return flawed_; }
    std::string_view flaw() const noexcept { return flawed_ ? chunks_.flaw() : ""; }
    Framing framing() const noexcept { return framing_; }
    bool has_trailers() const noexcept { return chunks_.has_trailers(); }
    // See ChunkTracker.
    void keep_trailers(std::string& kept) noexcept { chunks_.keep_trailers(kept); }
    // With a length: octets still to come; without one: 0.
    std::uint64_t left() const noexcept { return framing_ == Framing::length ? left_ : 0; }

private:
    static bool is_empty(const Head& head) noexcept {
        return head.framing == Framing::none ||
               (head.framing == Framing::length && head.content_length == 0);
    }
    Step take(const ChunkTracker::Step& step) noexcept {
        done_ = step.state == ChunkTracker::State::done;
        flawed_ = step.state == ChunkTracker::State::flawed;
        return {flawed_ ? 0 : step.consumed, done_, flawed_};
    }

    Framing framing_ = Framing::none;
    std::uint64_t left_ = 0;
    ChunkTracker chunks_;
    bool done_ = true;
    bool flawed_ = false;
    bool next_is_last_ = false;
};

}  // namespace whogoes::http
