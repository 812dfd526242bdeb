#pragma once

#include "proxy/http/octets.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// Where an answer to a call tells its outcome behind what it answers: gRPC in HTTP's trailers,
// gRPC-Web in the body's last frame (grpc/grpc, PROTOCOL-WEB.md), a Connect stream in its last
// envelope (connectrpc.com/docs/protocol). The body is followed by the lengths that its frames
// state: messages are passed over and nothing of them is kept, however long the answer is. Without
// I/O; what it says is for others to judge.
namespace whogoes::http {

enum class RpcFraming : std::uint8_t {
    none,
    trailers,  // gRPC: messages, and then HTTP's trailers
    web,       // gRPC-Web: the frame with flag 0x80 holds field lines
    web_text,  // the same in base64
    connect,   // a Connect stream: the envelope with flag 0x02 holds JSON
};

// By an answer's Content-Type.
RpcFraming rpc_framing(std::string_view content_type) noexcept;

class RpcEnd {
public:
    static constexpr std::size_t longest = std::size_t{16} * 1024;  // of the last frame

    RpcEnd() = default;
    explicit RpcEnd(RpcFraming framing) noexcept : framing_(framing) {}

    RpcFraming framing() const noexcept { return framing_; }
    // Whether the body has anything to show, and has not shown it yet.
    bool wants_more() const noexcept {
        return framing_ > RpcFraming::trailers && place_ != Place::done && place_ != Place::lost;
    }
    // The body's next octets, without the coding of the transfer.
    void take(std::string_view payload);

    // What the last frame holds, once all of it has come; empty: it did not, or holds nothing.
    std::string_view text() const noexcept {
        return place_ == Place::done ? std::string_view(text_) : std::string_view();
    }
    bool ended() const noexcept { return place_ == Place::done; }
    bool compressed() const noexcept { return (flags_ & 1U) != 0; }
    // Whether anything came that is a message, or the beginning of one.
    bool has_messages() const noexcept { return messages_; }
    void clear() noexcept;  // keeps the memory, and forgets the framing

private:
    enum class Place : std::uint8_t { head, message, last, done, lost };

    void octets(std::string_view);
    void digits(std::string_view);  // of base64
    void begin_frame();

    RpcFraming framing_ = RpcFraming::none;
    Place place_ = Place::head;
    bool messages_ = false;
    std::uint8_t flags_ = 0;
    std::uint8_t head_octets_ = 0;
    std::uint8_t digits_ = 0;   // of a group of four
    std::uint32_t length_ = 0;  // of the frame
    std::uint32_t left_ = 0;    // of it, still to come
    std::uint32_t bits_ = 0;    // of the group
    std::string text_;
};

// Calls `visit` with name and value of each field line of a trailer section; what is none is passed
// over.
template <class Visit>
void each_trailer(std::string_view lines, Visit visit) {
    while (!lines.empty()) {
        const std::size_t end = lines.find('\n');
        std::string_view line = lines.substr(0, end);
        lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
        if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) continue;
        visit(line.substr(0, colon), trimmed(line.substr(colon + 1)));
    }
}

}  // namespace whogoes::http
