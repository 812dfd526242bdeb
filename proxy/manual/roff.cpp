#include "proxy/manual/roff.hpp"

#include <cstdint>
#include <cstdio>

namespace whogoes::manual {
namespace {

// The code point that begins at `at`, which is moved behind it.
std::uint32_t code_point(std::string_view text, std::size_t& at) {
    const auto byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    const std::uint32_t first = byte(at++);
    const int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC0 ? 1 : 0;
    std::uint32_t point = more == 0 ? first : first & (0x3FU >> static_cast<unsigned>(more));
    for (int i = 0; i < more; ++i) point = point << 6U | (byte(at++) & 0x3FU);
    return point;
}

}  // namespace

std::string roff(std::string_view text) {
    std::string out;
    // At the start of a line these are requests.
    if (text.starts_with('.') || text.starts_with('\'')) out = "\\&";
    for (std::size_t at = 0; at < text.size();) {
        const std::uint32_t point = code_point(text, at);
        switch (point) {
            case '\\':
                out += "\\e";
                break;
            case '-':
                out += "\\-";
                break;
            case '\'':
                out += "\\(aq";
                break;
            case '`':
                out += "\\(ga";
                break;
            case '^':
                out += "\\(ha";
                break;
            case '~':
                out += "\\(ti";
                break;
            case '\n':
                out += ' ';
                break;
            case 0x2026:
                out += "...";
                break;
            default:
                if (point < 0x80) {
                    out += static_cast<char>(point);
                } else {
                    char named[16];
                    std::snprintf(named, sizeof named, "\\[u%04X]", static_cast<unsigned>(point));
                    out += named;
                }
        }
    }
    return out;
}

}  // namespace whogoes::manual
