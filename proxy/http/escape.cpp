#include "proxy/http/escape.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace whogoes::http {
namespace {

constexpr std::uint32_t replacement = 0xfffd;
constexpr std::string_view replacement_utf8 = "\xef\xbf\xbd";

struct Character {
    std::uint32_t code = replacement;
    std::size_t octets = 1;
    bool valid = false;
};

// The first character of `text`, which is not empty. Overlong forms and surrogates are no UTF-8
// (RFC 3629, 3).
Character first_character(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text.front());
    if (lead < 0x80) return {lead, 1, true};
    std::size_t octets = 0;
    if (lead >= 0xc2 && lead <= 0xdf) octets = 2;
    if (lead >= 0xe0 && lead <= 0xef) octets = 3;
    if (lead >= 0xf0 && lead <= 0xf4) octets = 4;
    if (octets == 0 || text.size() < octets) return {};
    std::uint32_t code = lead & (0x7fU >> octets);
    for (std::size_t i = 1; i < octets; ++i) {
        const auto next = static_cast<unsigned char>(text[i]);
        if ((next & 0xc0U) != 0x80U) return {};
        code = (code << 6U) | (next & 0x3fU);
    }
    constexpr std::array<std::uint32_t, 5> smallest{0, 0, 0x80, 0x800, 0x10000};
    if (code < smallest[octets] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return {};
    return {code, octets, true};
}

bool is_bidi_control(std::uint32_t code) {
    return code == 0x061c || code == 0x200e || code == 0x200f ||
           (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

// C0, DEL, C1, the line separators that JavaScript minds, and what turns text around.
bool can_act(std::uint32_t code) {
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029 ||
           is_bidi_control(code);
}

void append_unicode_escape(std::string& out, std::uint32_t code) {
    constexpr std::string_view digits = "0123456789abcdef";
    out += "\\u";
    for (const unsigned shift : {12U, 8U, 4U, 0U}) out += digits[(code >> shift) & 0xfU];
}

}  // namespace

void append_json(std::string& out, std::string_view text) {
    while (!text.empty()) {
        const Character next = first_character(text);
        if (!next.valid)
            out += replacement_utf8;
        else if (next.code == '"' || next.code == '\\')
            out.append("\\").append(text.substr(0, 1));
        else if (can_act(next.code))
            append_unicode_escape(out, next.code);
        else
            out += text.substr(0, next.octets);
        text.remove_prefix(next.octets);
    }
}

void append_html(std::string& out, std::string_view text) {
    while (!text.empty()) {
        const Character next = first_character(text);
        if (next.code == '<')
            out += "&lt;";
        else if (next.code == '>')
            out += "&gt;";
        else if (next.code == '&')
            out += "&amp;";
        else if (next.code == '"')
            out += "&quot;";
        else if (next.code == '\'')
            out += "&#39;";
        else if (!next.valid || can_act(next.code))
            out += replacement_utf8;
        else
            out += text.substr(0, next.octets);
        text.remove_prefix(next.octets);
    }
}

}  // namespace whogoes::http
