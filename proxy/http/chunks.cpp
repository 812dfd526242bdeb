#include "proxy/http/chunks.hpp"

#include "proxy/http/head.hpp"
#include "proxy/http/octets.hpp"

#include <algorithm>
#include <limits>

namespace whogoes::http {
namespace {

constexpr std::uint32_t most_digits = 16;
constexpr auto largest_chunk = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
// Node bounds extensions by the same sum; without a bound, one-octet chunks with long extensions
// cost us without end and no limit on bodies would see it.
constexpr std::uint32_t most_extension_octets = 16 * 1024;
constexpr std::uint32_t most_trailer_octets = 8 * 1024;

// RFC 9110, 6.5.1: what frames, routes or says how to read the content comes too late here.
bool is_forbidden_trailer(std::string_view name) {
    switch (field_name(name)) {
        using enum FieldName;
        case connection:
        case content_encoding:
        case content_length:
        case content_type:
        case expect:
        case host:
        case http2_settings:
        case keep_alive:
        case max_forwards:
        case te:
        case trailer:
        case transfer_encoding:
        case upgrade:
            return true;
        default:
            return false;
    }
}

int hex_value(char c) noexcept {
    if (is_digit(c)) return c - '0';
    const char small = lower(c);
    return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

}  // namespace

ChunkTracker::Step ChunkTracker::follow(std::string_view slice) { return step(slice, false); }

ChunkTracker::Step ChunkTracker::next_data(std::string_view slice) { return step(slice, true); }

ChunkTracker::Step ChunkTracker::step(std::string_view slice, bool stop_at_data) {
    Step result;
    std::size_t at = 0;
    while (at < slice.size() && place_ != Place::done && place_ != Place::flawed) {
        if (place_ != Place::payload) {
            octet(slice[at]);
            ++at;
            continue;
        }
        const auto run =
            static_cast<std::size_t>(std::min<std::uint64_t>(left_, slice.size() - at));
        if (stop_at_data) result.data = slice.substr(at, run);
        at += run;
        left_ -= run;
        if (left_ == 0) place_ = Place::payload_cr;
        if (stop_at_data) break;
    }
    result.consumed = at;
    if (place_ == Place::done) result.state = State::done;
    if (place_ == Place::flawed) result.state = State::flawed;
    return result;
}

void ChunkTracker::break_off(std::string_view flaw) {
    place_ = Place::flawed;
    flaw_ = flaw;
}

void ChunkTracker::octet(char c) {
    switch (place_) {
        case Place::size:
            return size_octet(c);
        case Place::size_lf:
            if (c != '\n') return break_off("a chunk's size line holds a CR without LF");
            return end_size_line();
        case Place::extension_name:
        case Place::extension:
        case Place::extension_quoted:
        case Place::extension_escape:
            return extension_octet(c);
        case Place::payload_cr:
            if (c != '\r') return break_off("a chunk is longer than its size says");
            place_ = Place::payload_lf;
            return;
        case Place::payload_lf:
            if (c != '\n') return break_off("a chunk does not end with CR LF");
            place_ = Place::size;
            digits_ = 0;
            return;
        case Place::end_lf:
            if (c != '\n') return break_off("the last chunk does not end with CR LF");
            place_ = Place::done;
            return;
        case Place::trailer_start:
        case Place::trailer_name:
        case Place::trailer_value:
        case Place::trailer_lf:
            return trailer_octet(c);
        case Place::payload:
        case Place::done:
        case Place::flawed:
            return;  // never come here: step() deals with them
    }
}

void ChunkTracker::size_octet(char c) {
    const int digit = hex_value(c);
    if (digit >= 0) {
        if (++digits_ > most_digits) return break_off("a chunk size of more than 16 digits");
        left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
        return;
    }
    if (digits_ == 0) return break_off("a chunk size that is no hexadecimal number");
    if (left_ > largest_chunk) return break_off("a chunk size of 2^63 or more");
    if (c == '\r') {
        place_ = Place::size_lf;
    } else if (c == ';') {
        place_ = Place::extension_name;
    } else {
        break_off("a byte behind a chunk size that is neither ; nor CR LF");
    }
}

void ChunkTracker::end_size_line() { place_ = left_ == 0 ? Place::trailer_start : Place::payload; }

void ChunkTracker::extension_octet(char c) {
    if (++extension_octets_ > most_extension_octets)
        return break_off("chunk extensions of more than 16 KiB");
    switch (place_) {
        case Place::extension_name:
            if (is_token(c))
                place_ = Place::extension;
            else if (!is_blank(c))
                break_off("a chunk extension without a name");
            return;
        case Place::extension_quoted:
            if (is_control(c)) return break_off("a control character in a chunk extension");
            if (c == '"') place_ = Place::extension;
            if (c == '\\') place_ = Place::extension_escape;
            return;
        case Place::extension_escape:
            if (is_control(c)) return break_off("a control character in a chunk extension");
            place_ = Place::extension_quoted;
            return;
        default:
            break;
    }
    if (c == '\r')
        place_ = Place::size_lf;
    else if (c == ';')
        place_ = Place::extension_name;
    else if (c == '"')
        place_ = Place::extension_quoted;
    else if (c != '=' && !is_blank(c) && !is_token(c))
        break_off("a byte that no chunk extension may have");
}

void ChunkTracker::trailer_octet(char c) {
    if (place_ == Place::trailer_start && c == '\r') {
        place_ = Place::end_lf;
        return;
    }
    if (++trailer_octets_ > most_trailer_octets) return break_off("trailers of more than 8 KiB");
    if (trailers_ != nullptr) *trailers_ += c;
    switch (place_) {
        case Place::trailer_start:
            name_size_ = 0;
            place_ = Place::trailer_name;
            [[fallthrough]];
        case Place::trailer_name:
            if (c == ':' && name_size_ > 0) {
                const bool whole = name_size_ <= longest_name;
                if (whole && is_forbidden_trailer({name_.data(), name_size_}))
                    return break_off("a trailer that may only be a header");
                place_ = Place::trailer_value;
                return;
            }
            if (!is_token(c)) return break_off("a trailer name that is no word");
            if (name_size_ < longest_name) name_[name_size_] = c;
            ++name_size_;
            return;
        case Place::trailer_value:
            if (c == '\r')
                place_ = Place::trailer_lf;
            else if (is_control(c))
                break_off("a control character in a trailer");
            return;
        default:
            break;
    }
    if (c != '\n') return break_off("a trailer does not end with CR LF");
    place_ = Place::trailer_start;
}

}  // namespace whogoes::http
