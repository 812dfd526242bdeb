#include "rules/text.hpp"

#include <algorithm>
#include <array>

namespace whogoes::rules {
namespace {

using Octet = unsigned char;

constexpr std::uint8_t bad_digit = 0xFF;
using Digits = std::array<std::uint8_t, 256>;

constexpr Digits digits_of(bool standard, bool url) {
    Digits digits{};
    digits.fill(bad_digit);
    const std::string_view letters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    for (std::size_t i = 0; i < letters.size(); ++i)
        digits[static_cast<Octet>(letters[i])] = static_cast<std::uint8_t>(i);
    if (standard) {
        digits['+'] = 62;
        digits['/'] = 63;
    }
    if (url) {
        digits['-'] = 62;
        digits['_'] = 63;
    }
    return digits;
}

constexpr Digits standard_digits = digits_of(true, false);
constexpr Digits url_digits = digits_of(false, true);
constexpr Digits either_digits = digits_of(true, true);

constexpr const Digits& digits_for(Alphabet alphabet) {
    if (alphabet == Alphabet::standard) return standard_digits;
    return alphabet == Alphabet::url ? url_digits : either_digits;
}

int hex_digit(char c) {
    if (is_digit(c)) return c - '0';
    const char small = lower(c);
    return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

// The length of the well-formed sequence that begins at `at`, or 0 (RFC 3629, section 4).
std::size_t utf8_sequence(std::string_view text, std::size_t at) {
    const auto octet = [&](std::size_t i) -> unsigned {
        return at + i < text.size() ? static_cast<Octet>(text[at + i]) : 0U;
    };
    const auto within = [&](std::size_t i, unsigned low, unsigned high) {
        return octet(i) >= low && octet(i) <= high;
    };
    const unsigned first = octet(0);
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) return within(1, 0x80, 0xBF) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        const unsigned low = first == 0xE0 ? 0xA0 : 0x80;
        const unsigned high = first == 0xED ? 0x9F : 0xBF;  // no surrogates
        return within(1, low, high) && within(2, 0x80, 0xBF) ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        const unsigned low = first == 0xF0 ? 0x90 : 0x80;
        const unsigned high = first == 0xF4 ? 0x8F : 0xBF;  // nothing above U+10FFFF
        const bool good = within(1, low, high) && within(2, 0x80, 0xBF) && within(3, 0x80, 0xBF);
        return good ? 4 : 0;
    }
    return 0;
}

}  // namespace

std::size_t find_ows(std::string_view text) noexcept {
    const auto* const at = std::find_if(text.begin(), text.end(), is_ows);
    return at == text.end() ? npos : static_cast<std::size_t>(at - text.begin());
}

bool istarts_with(std::string_view text, std::string_view prefix) noexcept {
    if (text.size() < prefix.size()) return false;
    for (std::size_t i = 0; i < prefix.size(); ++i)
        if (text[i] != prefix[i] && lower(text[i]) != lower(prefix[i])) return false;
    return true;
}

bool iends_with(std::string_view text, std::string_view suffix) noexcept {
    return text.size() >= suffix.size() &&
           iequals(text.substr(text.size() - suffix.size()), suffix);
}

std::size_t ifind(std::string_view text, std::string_view words) noexcept {
    if (words.empty()) return 0;
    if (words.size() > text.size()) return npos;
    const char first = lower(words.front());
    const std::string_view rest = words.substr(1);
    for (std::size_t i = 0; i + words.size() <= text.size(); ++i)
        if (lower(text[i]) == first && istarts_with(text.substr(i + 1), rest)) return i;
    return npos;
}

std::string lowered(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), lower);
    return result;
}

std::string_view trim(std::string_view text) noexcept {
    while (!text.empty() && is_ows(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_ows(text.back())) text.remove_suffix(1);
    return text;
}

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    for (const std::string_view part : parts_of(text, ' '))
        if (!part.empty()) words.push_back(part);
    return words;
}

std::vector<std::string_view> parts_of(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (;;) {
        const std::size_t end = text.find(separator);
        parts.push_back(trim(text.substr(0, end)));
        if (end == npos) return parts;
        text.remove_prefix(end + 1);
    }
}

bool is_token(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

bool is_token68(std::string_view text) noexcept {
    while (!text.empty() && text.back() == '=') text.remove_suffix(1);
    return !text.empty() && std::all_of(text.begin(), text.end(), is_token68_char);
}

std::size_t first_non_utf8(std::string_view text) noexcept {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = utf8_sequence(text, at);
        if (length == 0) return at;
        at += length;
    }
    return npos;
}

std::size_t decode_base64_into(std::string_view text, Alphabet alphabet, char* out,
                               std::size_t& bad, std::size_t& padding) noexcept {
    const Digits& digits = digits_for(alphabet);
    bad = npos;
    padding = 0;
    std::size_t size = text.size();
    while (padding < 2 && size > 0 && text[size - 1] == '=') --size, ++padding;
    const auto digit = [&](std::size_t i) -> unsigned {
        return digits[static_cast<Octet>(text[i])];
    };

    std::size_t written = 0;
    const auto put = [&](unsigned octet) { out[written++] = static_cast<char>(octet & 0xFFU); };
    std::size_t i = 0;
    for (; i + 4 <= size; i += 4) {
        const unsigned a = digit(i), b = digit(i + 1), c = digit(i + 2), d = digit(i + 3);
        if (((a | b | c | d) & 0xC0U) != 0) break;
        put((a << 2U) | (b >> 4U));
        put((b << 4U) | (c >> 2U));
        put((c << 6U) | d);
    }
    const std::size_t end = std::min(size, i + 4);
    for (std::size_t j = i; j < end; ++j) {
        if (digit(j) != bad_digit) continue;
        bad = j;
        return written;
    }
    // RFC 4648, section 4: a last group of one digit cannot hold an octet.
    if (size - i == 1) bad = size;
    if (size - i >= 2) put((digit(i) << 2U) | (digit(i + 1) >> 4U));
    if (size - i == 3) put((digit(i + 1) << 4U) | (digit(i + 2) >> 2U));
    if (bad == npos && padding != 0 && (size + padding) % 4 != 0) bad = size;
    return written;
}

Base64 decode_base64(std::string_view text, Alphabet alphabet) {
    Base64 result;
    result.bytes.resize(text.size() / 4 * 3 + 3);
    result.bytes.resize(
        decode_base64_into(text, alphabet, result.bytes.data(), result.bad, result.padding));
    const std::size_t digits = text.size() - result.padding;
    const unsigned spare = digits % 4 == 2 ? 15U : digits % 4 == 3 ? 3U : 0U;
    if (result.ok() && spare != 0)
        result.spare_bits =
            (digits_for(alphabet)[static_cast<Octet>(text[digits - 1])] & spare) != 0;
    return result;
}

std::string base64url_of(std::string_view bytes) {
    constexpr std::string_view letters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string text;
    text.reserve(bytes.size() / 3 * 4 + 4);
    unsigned bits = 0;
    unsigned held = 0;
    for (const char byte : bytes) {
        bits = (bits << 8U) | static_cast<Octet>(byte);
        for (held += 8; held >= 6; held -= 6) text += letters[(bits >> (held - 6)) & 63U];
    }
    if (held != 0) text += letters[(bits << (6 - held)) & 63U];
    return text;
}

std::optional<std::string> percent_decoded(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            result += text[i];
            continue;
        }
        if (i + 2 >= text.size()) return std::nullopt;
        const int high = hex_digit(text[i + 1]);
        const int low = hex_digit(text[i + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        result += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return result;
}

std::string hex_of(std::string_view bytes) {
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const char byte : bytes) {
        text += "0123456789abcdef"[static_cast<Octet>(byte) >> 4U];
        text += "0123456789abcdef"[static_cast<Octet>(byte) & 15U];
    }
    return text;
}

}  // namespace whogoes::rules
