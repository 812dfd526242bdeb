#include "proxy/http/rpc_end.hpp"

#include <algorithm>
#include <array>

namespace whogoes::http {
namespace {

constexpr std::uint8_t head_size = 5;  // flags, and four octets of length
constexpr std::uint8_t web_trailers = 0x80;
constexpr std::uint8_t end_of_stream = 0x02;

// Both alphabets of RFC 4648; 64 for what is in neither.
constexpr std::array<std::uint8_t, 256> base64_values = [] {
    std::array<std::uint8_t, 256> values{};
    values.fill(64);
    constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (std::size_t i = 0; i < alphabet.size(); ++i)
        values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
    values['-'] = 62;
    values['_'] = 63;
    return values;
}();

constexpr bool ends_word(std::string_view type) noexcept {
    return type.empty() || type.front() == '+' || type.front() == ';' || is_blank(type.front());
}

}  // namespace

RpcFraming rpc_framing(std::string_view type) noexcept {
    constexpr std::string_view application = "application/", grpc = "grpc", web = "-web",
                               text = "-text", connect = "connect+";
    if (!begins_with_word(type, application)) return RpcFraming::none;
    type.remove_prefix(application.size());
    if (begins_with_word(type, connect)) return RpcFraming::connect;
    if (!begins_with_word(type, grpc)) return RpcFraming::none;
    type.remove_prefix(grpc.size());
    if (ends_word(type)) return RpcFraming::trailers;
    if (!begins_with_word(type, web)) return RpcFraming::none;
    type.remove_prefix(web.size());
    if (ends_word(type)) return RpcFraming::web;
    return begins_with_word(type, text) && ends_word(type.substr(text.size()))
               ? RpcFraming::web_text
               : RpcFraming::none;
}

void RpcEnd::take(std::string_view payload) {
    if (framing_ == RpcFraming::trailers && !payload.empty()) messages_ = true;
    if (!wants_more()) return;
    if (framing_ == RpcFraming::web_text) return digits(payload);
    octets(payload);
}

// Messages may be encoded one by one, so that padding stands in the middle and ends a group.
void RpcEnd::digits(std::string_view payload) {
    std::array<char, 768> decoded{};
    std::size_t size = 0;
    const auto flush = [&] {
        octets({decoded.data(), size});
        size = 0;
    };
    for (const char c : payload) {
        if (c == '=' || is_blank(c) || c == '\r' || c == '\n') {
            if (c == '=') digits_ = 0, bits_ = 0;
            continue;
        }
        const std::uint8_t value = base64_values[static_cast<unsigned char>(c)];
        if (value > 63) {
            flush();
            if (wants_more()) place_ = Place::lost;
            return;
        }
        bits_ = bits_ << 6U | value;
        // An octet is whole with the second, the third and the fourth digit.
        if (++digits_ > 1) {
            const unsigned spare = (4U - digits_) * 2U;
            decoded[size++] = static_cast<char>(bits_ >> spare & 0xffU);
        }
        if (digits_ == 4) digits_ = 0, bits_ = 0;
        if (size == decoded.size()) {
            flush();
            if (!wants_more()) return;
        }
    }
    flush();
}

void RpcEnd::octets(std::string_view rest) {
    while (!rest.empty() && place_ != Place::done && place_ != Place::lost) {
        if (place_ == Place::head) {
            const auto octet = static_cast<unsigned char>(rest.front());
            rest.remove_prefix(1);
            if (head_octets_ == 0)
                flags_ = octet;
            else
                length_ = length_ << 8U | octet;
            if (++head_octets_ == head_size) begin_frame();
            continue;
        }
        const std::string_view run = rest.substr(0, left_);
        rest.remove_prefix(run.size());
        if (place_ == Place::last) text_ += run;
        left_ -= static_cast<std::uint32_t>(run.size());
        if (left_ == 0) place_ = place_ == Place::last ? Place::done : Place::head;
    }
}

void RpcEnd::begin_frame() {
    const std::uint8_t mark = framing_ == RpcFraming::connect ? end_of_stream : web_trailers;
    const bool last = (flags_ & mark) != 0;
    left_ = length_;
    head_octets_ = 0;
    length_ = 0;
    if (!last) {
        messages_ = true;
        place_ = left_ == 0 ? Place::head : Place::message;
        return;
    }
    if (left_ > longest) {
        place_ = Place::lost;
        return;
    }
    text_.reserve(left_);
    place_ = left_ == 0 ? Place::done : Place::last;
}

void RpcEnd::clear() noexcept {
    framing_ = RpcFraming::none;
    place_ = Place::head;
    messages_ = false;
    flags_ = head_octets_ = digits_ = 0;
    length_ = left_ = bits_ = 0;
    text_.clear();
}

}  // namespace whogoes::http
