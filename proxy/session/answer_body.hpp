#pragma once

#include "proxy/http/chunks.hpp"
#include "proxy/http/head.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

// How far an answer's body has come, and what of it may go to the client. Pure: whoever reads and
// writes shows it what came, and does what it decides.
namespace whogoes::session {

class AnswerBody {
public:
    // To an HTTP/1.0 client the chunks' framing is taken off (RFC 9112, 7).
    AnswerBody(const http::ResponseHead& head, bool to_http_1_0);

    struct Portion {
        std::size_t octets = 0;    // at the front, for the client
        std::size_t consumed = 0;  // of what came; more than went out where framing was taken off
    };
    // Of the octets at `at`; what goes to the client is moved together at the front of them.
    Portion take(char* at, std::size_t octets);

    // All of the body that there will be has been shown, or will be with the next take().
    void comes_whole() noexcept { whole_ = true; }
    // The upstream ended the connection in good order, which ends a body without a length, and cuts
    // any other.
    void upstream_ended() noexcept { done_ = done_ || framing_ == http::Framing::until_close; }

    bool done() const noexcept { return done_; }
    bool flawed() const noexcept { return flawed_; }
    // What is wrong with its chunks; empty: nothing was found.
    std::string_view flaw() const noexcept { return flawed_ ? chunks_.flaw() : std::string_view(); }
    bool ends_with_connection() const noexcept { return framing_ == http::Framing::until_close; }
    bool takes_framing_off() const noexcept { return unchunk_; }
    // What goes to the client still has its chunks' framing.
    bool passes_chunks() const noexcept { return framing_ == http::Framing::chunked && !unchunk_; }

private:
    Portion unchunked(char* at, std::size_t octets);
    std::size_t step(const http::ChunkTracker::Step& step);

    http::Framing framing_;
    std::uint64_t left_;
    http::ChunkTracker chunks_;
    bool unchunk_;
    bool whole_ = false;
    bool done_;
    bool flawed_ = false;
};

}  // namespace whogoes::session
