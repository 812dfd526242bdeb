#include "proxy/report/escape.hpp"

#include <array>
#include <cstring>

namespace whogoes::report {
namespace {

constexpr char hex[] = "0123456789abcdef";

// Octets that a JSON string may hold as they are; 0x80 and above are looked at one by one.
constexpr std::array<bool, 256> unescaped_octets = [] {
    std::array<bool, 256> table{};
    for (std::size_t c = 0x20; c < 0x7f; ++c) table[c] = c != '"' && c != '\\';
    return table;
}();

constexpr std::size_t word = sizeof(std::uint64_t);

// Whether eight octets are all plain: the high bit of an octet of each term says that it is not.
bool is_plain_word(const char* octets) noexcept {
    constexpr std::uint64_t ones = 0x0101010101010101U;
    constexpr std::uint64_t highs = 0x8080808080808080U;
    std::uint64_t x = 0;
    std::memcpy(&x, octets, word);
    const auto zero = [](std::uint64_t v) { return (v - ones) & ~v; };
    const std::uint64_t special = x | ((x - ones * 0x20) & ~x) | zero(x ^ (ones * '"')) |
                                  zero(x ^ (ones * '\\')) | zero(x ^ (ones * 0x7f));
    return (special & highs) == 0;
}

void append_unicode_escape(std::string& out, std::uint32_t value) {
    out += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) out += hex[(value >> shift) & 0xf];
}

void append_json_special(std::string& out, unsigned char octet) {
    switch (octet) {
        case '"':
            out += "\\\"";
            return;
        case '\\':
            out += "\\\\";
            return;
        case '\n':
            out += "\\n";
            return;
        case '\r':
            out += "\\r";
            return;
        case '\t':
            out += "\\t";
            return;
        default:
            append_unicode_escape(out, octet);
    }
}

bool continues(std::string_view text, std::size_t at) noexcept {
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80;
}

std::uint32_t low_bits(std::string_view text, std::size_t at) noexcept {
    return static_cast<unsigned char>(text[at]) & 0x3fU;
}

// Where the code point that covers `at` begins.
std::size_t boundary_before(std::string_view text, std::size_t at) noexcept {
    while (at > 0 && continues(text, at)) --at;
    return at;
}

std::size_t offset_of_point(std::string_view text, std::size_t points) noexcept {
    std::size_t at = 0;
    while (points-- > 0 && at < text.size()) at += next_code_point(text.substr(at)).octets;
    return at;
}

}  // namespace

CodePoint next_code_point(std::string_view text) noexcept {
    const std::uint32_t lead = static_cast<unsigned char>(text[0]);
    if (lead < 0x80) return {lead, 1, true};
    CodePoint point{lead, 1, false};
    if (lead >= 0xc2 && lead < 0xe0 && continues(text, 1)) {
        return {((lead & 0x1fU) << 6) | low_bits(text, 1), 2, true};
    }
    if (lead >= 0xe0 && lead < 0xf0 && continues(text, 1) && continues(text, 2)) {
        point.value = ((lead & 0xfU) << 12) | (low_bits(text, 1) << 6) | low_bits(text, 2);
        point.valid = point.value >= 0x800 && (point.value < 0xd800 || point.value > 0xdfff);
        point.octets = point.valid ? 3 : 1;
    }
    if (lead >= 0xf0 && lead < 0xf5 && continues(text, 1) && continues(text, 2) &&
        continues(text, 3)) {
        point.value = ((lead & 0x7U) << 18) | (low_bits(text, 1) << 12) | (low_bits(text, 2) << 6) |
                      low_bits(text, 3);
        point.valid = point.value >= 0x10000 && point.value <= 0x10ffff;
        point.octets = point.valid ? 4 : 1;
    }
    return point;
}

bool is_invisible(std::uint32_t c) noexcept {
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x61c || c == 0xfeff ||
           (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2060 && c <= 0x206f) || (c >= 0xfff9 && c <= 0xfffb) ||
           (c >= 0xe0000 && c <= 0xe007f);
}

void append_json(std::string& out, std::string_view text) {
    out += '"';
    std::size_t begin = 0;
    std::size_t at = 0;
    while (at < text.size()) {
        if (at + word <= text.size() && is_plain_word(text.data() + at)) {
            at += word;
            continue;
        }
        const auto octet = static_cast<unsigned char>(text[at]);
        if (unescaped_octets[octet]) {
            ++at;
            continue;
        }
        const CodePoint point = next_code_point(text.substr(at));
        if (octet >= 0x80 && point.valid && !is_invisible(point.value)) {
            at += point.octets;
            continue;
        }
        out.append(text.substr(begin, at - begin));
        if (octet < 0x80) {
            append_json_special(out, octet);
        } else if (!point.valid) {
            out += "\\ufffd";
        } else if (point.value <= 0xffff) {
            append_unicode_escape(out, point.value);
        } else {
            append_unicode_escape(out, 0xd800 + ((point.value - 0x10000) >> 10));
            append_unicode_escape(out, 0xdc00 + ((point.value - 0x10000) & 0x3ff));
        }
        at += point.octets;
        begin = at;
    }
    out.append(text.substr(begin));
    out += '"';
}

std::string visible(std::string_view text, bool utf8) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint point = next_code_point(text.substr(at));
        if (!point.valid || (point.value < 0xa0 && is_invisible(point.value))) {
            out += "\\x";
            out += hex[(point.value >> 4) & 0xf];
            out += hex[point.value & 0xf];
        } else if (is_invisible(point.value)) {
            out += "\\u{";
            for (int shift = 20; shift >= 0; shift -= 4) {
                if (point.value >> shift != 0) out += hex[(point.value >> shift) & 0xf];
            }
            out += '}';
        } else if (point.value < 0x80 || utf8) {
            out.append(text.substr(at, point.octets));
        } else {
            out += '?';
        }
        at += point.octets;
    }
    return out;
}

std::size_t code_points(std::string_view text) noexcept {
    std::size_t points = 0;
    for (std::size_t at = 0; at < text.size(); ++points) {
        at += next_code_point(text.substr(at)).octets;
    }
    return points;
}

std::string cut_end(std::string_view text, std::size_t octets) {
    constexpr std::string_view mark = "…";
    if (text.size() <= octets) return std::string(text);
    if (octets < mark.size()) return std::string();
    const std::size_t end = boundary_before(text, octets - mark.size());
    return std::string(text.substr(0, end)).append(mark);
}

std::string cut_middle(std::string_view text, std::size_t points, std::string_view mark) {
    const std::size_t all = code_points(text);
    if (all <= points) return std::string(text);
    const std::size_t mark_points = code_points(mark);
    if (points <= mark_points) return std::string(text.substr(0, offset_of_point(text, points)));
    const std::size_t left = points - mark_points;
    const std::size_t head = left / 2;
    const std::size_t tail = left - head;
    std::string out(text.substr(0, offset_of_point(text, head)));
    out.append(mark);
    out.append(text.substr(offset_of_point(text, all - tail)));
    return out;
}

}  // namespace whogoes::report
