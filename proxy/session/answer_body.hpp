#pragma once

#include "proxy/http/body_reader.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

// How far an answer's body has come, and what of it may go to the client. Pure: whoever reads and
// writes shows it what came, and does what it decides.
namespace whogoes::session {

class AnswerBody {
public:
    // To an HTTP/1.0 client the chunks' framing is taken off (RFC 9112, 7).
    AnswerBody(const http::ResponseHead& head, bool to_http_1_0)
        : reader_(head), unchunk_(to_http_1_0 && head.framing == http::Framing::chunked) {}

    struct Portion {
        std::size_t octets = 0;    // at the front, for the client
        std::size_t consumed = 0;  // of what came; more than went out where framing was taken off
    };
    // Of the octets at `at`; what goes to the client is moved together at the front of them.
    Portion take(char* at, std::size_t octets) {
        if (!unchunk_) {
            const std::size_t taken = reader_.take({at, octets}).octets;
            return {taken, taken};
        }
        Portion portion;
        const auto move = [&](std::string_view data) {
            std::memmove(at + portion.octets, data.data(), data.size());
            portion.octets += data.size();
        };
        portion.consumed = reader_.take({at, octets}, move).octets;
        return portion;
    }

    // Octets that may go to the client unseen; 0 where the framing must be followed.
    std::uint64_t unseen() const noexcept { return reader_.left(); }
    void passed(std::size_t octets) noexcept { reader_.passed(octets); }

    // All of the body that there will be has been shown, or will be with the next take().
    void comes_whole() noexcept { reader_.next_is_last(); }
    void keep_trailers(std::string& kept) noexcept { reader_.keep_trailers(kept); }
    void upstream_ended() noexcept { reader_.connection_ended(); }

    bool done() const noexcept { return reader_.done(); }
    bool flawed() const noexcept { return reader_.flawed(); }
    // What is wrong with its chunks; empty: nothing was found.
    std::string_view flaw() const noexcept { return reader_.flaw(); }
    bool ends_with_connection() const noexcept {
        return reader_.framing() == http::Framing::until_close;
    }
    bool takes_framing_off() const noexcept { return unchunk_; }
    // What goes to the client still has its chunks' framing.
    bool passes_chunks() const noexcept {
        return reader_.framing() == http::Framing::chunked && !unchunk_;
    }

private:
    http::BodyReader reader_;
    bool unchunk_;
};

}  // namespace whogoes::session
