#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// Follows a chunked body (RFC 9112, 7.1) through whatever slices it comes in, strictly: CRLF only,
// sizes without sign, prefix or white space, at most 16 hex digits and below 2^63. Extensions are
// bounded by 16 KiB over a body, trailers by 8 KiB; a trailer that would change framing or routing
// is a flaw (RFC 9110, 6.5.1). Forwarded bytes stay as they came; where the other side cannot take
// chunks, `data` gives the pieces without their framing.
namespace whogoes::http {

class ChunkTracker {
public:
    enum class State : std::uint8_t { more, done, flawed };

    struct Step {
        State state = State::more;
        std::size_t consumed = 0;  // octets of the slice that belong to this body (or, in
                                   // next_data, were looked at)
        std::string_view data;     // next_data only: one run of payload, may be empty
    };

    // Looks at a slice. On done, `consumed` ends at the body's last octet; what follows is not of
    // this message. On flawed the message is broken and nothing more may be passed on.
    Step follow(std::string_view slice);

    // As follow(), but stops behind the first run of payload and gives it.
    Step next_data(std::string_view slice);

    bool has_trailers() const { return trailer_octets_ > 0; }
    // Their lines are appended there from now on as they pass, each with its CRLF, 8 KiB at most;
    // what it is must live as long as octets are shown.
    void keep_trailers(std::string& kept) noexcept { trailers_ = &kept; }
    std::string_view flaw() const { return flaw_; }  // static words

private:
    enum class Place : std::uint8_t {
        size,
        size_lf,
        extension_name,  // behind ";": a name has to come
        extension,
        extension_quoted,
        extension_escape,  // behind "\" in a quoted string
        payload,
        payload_cr,
        payload_lf,
        trailer_start,
        trailer_name,
        trailer_value,
        trailer_lf,
        end_lf,
        done,
        flawed,
    };
    static constexpr std::size_t longest_name = 24;

    Step step(std::string_view slice, bool stop_at_data);
    void octet(char c);  // one octet outside the payload
    void size_octet(char c);
    void extension_octet(char c);
    void trailer_octet(char c);
    void end_size_line();
    void break_off(std::string_view flaw);

    Place place_ = Place::size;
    std::uint64_t left_ = 0;  // of this chunk's payload
    std::uint32_t digits_ = 0;
    std::uint32_t extension_octets_ = 0;  // over the whole body
    std::uint32_t trailer_octets_ = 0;
    std::array<char, longest_name> name_{};  // of the trailer field that is being read
    std::uint32_t name_size_ = 0;  // may pass longest_name: then it is none that we forbid
    std::string_view flaw_;
    std::string* trailers_ = nullptr;
};

}  // namespace whogoes::http
