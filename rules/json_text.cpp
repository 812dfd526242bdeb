#include "rules/json_text.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

namespace whogoes::rules {
namespace {

// The UTF-16 unit whose four digits stand at `at`; nothing where there are none.
std::optional<std::uint32_t> unit_at(std::string_view raw, std::size_t at) {
    std::uint32_t unit = 0;
    const std::string_view digits = raw.substr(std::min(at, raw.size()), 4);
    const char* const behind = digits.data() + digits.size();
    const auto [end, flaw] = std::from_chars(digits.data(), behind, unit, 16);
    if (digits.size() < 4 || flaw != std::errc() || end != behind) return std::nullopt;
    return unit;
}

void append_utf8(std::string& text, std::uint32_t point) {
    const auto rest = [&](unsigned shift) {
        text += static_cast<char>(0x80U | (point >> shift & 0x3fU));
    };
    if (point < ' ' || point == 0x7f || (point >= 0xd800 && point < 0xe000)) {
        text += '?';
    } else if (point < 0x80) {
        text += static_cast<char>(point);
    } else if (point < 0x800) {
        text += static_cast<char>(0xc0U | point >> 6U);
        rest(0);
    } else if (point < 0x10000) {
        text += static_cast<char>(0xe0U | point >> 12U);
        rest(6);
        rest(0);
    } else {
        text += static_cast<char>(0xf0U | point >> 18U);
        rest(12);
        rest(6);
        rest(0);
    }
}

}  // namespace

// .NET writes an apostrophe as \u0027, Python all that is not ASCII so (RFC 8259, 7).
std::string unescaped_json(std::string_view raw) {
    std::string text;
    for (std::size_t at = 0; at < raw.size(); ++at) {
        if (raw[at] != '\\' || at + 1 >= raw.size()) {
            text += raw[at];
            continue;
        }
        const char kind = raw[++at];
        if (kind != 'u') {
            text += kind == 'n' || kind == 'r' || kind == 't' ? ' ' : kind;
            continue;
        }
        std::uint32_t point = unit_at(raw, at + 1).value_or('?');
        at = std::min(at + 4, raw.size() - 1);
        if (point >= 0xd800 && point < 0xdc00 && raw.substr(at + 1, 2) == "\\u") {
            const std::uint32_t low = unit_at(raw, at + 3).value_or(0);
            if (low >= 0xdc00 && low < 0xe000) {
                point = 0x10000 + ((point - 0xd800) << 10U) + (low - 0xdc00);
                at = std::min(at + 6, raw.size() - 1);
            }
        }
        append_utf8(text, point);
    }
    return text;
}

}  // namespace whogoes::rules
