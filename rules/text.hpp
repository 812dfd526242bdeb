#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The few things about octets that every parser of rules/ needs: ASCII case, HTTP's white space and
// tokens, base64, UTF-8, percent-encoding. Not locale-aware, not a Unicode library; never throws.
namespace whogoes::rules {

inline constexpr std::size_t npos = std::string_view::npos;

constexpr char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
constexpr bool is_alpha(char c) noexcept { return lower(c) >= 'a' && lower(c) <= 'z'; }
constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_ows(char c) noexcept { return c == ' ' || c == '\t'; }
// Bit 0: may stand in a token; bit 1: may stand in token68.
inline constexpr std::array<std::uint8_t, 256> octet_classes = [] {
    std::array<std::uint8_t, 256> classes{};
    for (unsigned c = 0; c < 128; ++c) {
        const char octet = static_cast<char>(c);
        const bool word = is_alpha(octet) || is_digit(octet);
        const bool token = word || std::string_view("!#$%&'*+-.^_`|~").find(octet) != npos;
        const bool token68 = word || std::string_view("-._~+/").find(octet) != npos;
        classes[c] = static_cast<std::uint8_t>((token ? 1U : 0U) | (token68 ? 2U : 0U));
    }
    return classes;
}();

constexpr bool is_token_char(char c) noexcept {  // RFC 9110, 5.6.2
    return (octet_classes[static_cast<unsigned char>(c)] & 1U) != 0;
}
constexpr bool is_token68_char(char c) noexcept {  // RFC 9110, 11.2, without "="
    return (octet_classes[static_cast<unsigned char>(c)] & 2U) != 0;
}

// The first SP or HTAB; npos: none. Several times faster than find_first_of on a long token.
std::size_t find_ows(std::string_view) noexcept;

bool istarts_with(std::string_view text, std::string_view prefix) noexcept;
// Most that are compared differ in their lengths, or in the first octet.
inline bool iequals(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() &&
           (a.empty() || (lower(a[0]) == lower(b[0]) && istarts_with(a, b)));
}
bool iends_with(std::string_view text, std::string_view suffix) noexcept;
// Where `words` first stands in `text`, compared without case; npos: nowhere.
std::size_t ifind(std::string_view text, std::string_view words) noexcept;
inline bool icontains(std::string_view text, std::string_view words) noexcept {
    return ifind(text, words) != npos;
}
std::string lowered(std::string_view);

std::string_view trim(std::string_view) noexcept;          // SP and HTAB at both ends
std::vector<std::string_view> words_of(std::string_view);  // split at SP, empty ones dropped
// Split at a character, each part trimmed, empty parts kept.
std::vector<std::string_view> parts_of(std::string_view, char separator);

bool is_token(std::string_view) noexcept;
bool is_token68(std::string_view) noexcept;  // at least one octet, "=" at the end only

// Offset of the first octet that is no part of well-formed UTF-8 (RFC 3629); npos: all is well.
std::size_t first_non_utf8(std::string_view) noexcept;
inline bool is_utf8(std::string_view text) noexcept { return first_non_utf8(text) == npos; }

struct Base64 {
    std::string bytes;        // up to the first bad octet
    std::size_t bad = npos;   // its offset; the length when the end came too early
    std::size_t padding = 0;  // "=" at the end
    bool spare_bits = false;  // the last digit holds bits that belong to no octet
    bool ok() const { return bad == npos; }
    // RFC 7515, 2 and RFC 4648, 3.5, taken strictly.
    bool strict() const { return ok() && padding == 0 && !spare_bits; }
};

enum class Alphabet : std::uint8_t { standard, url, either };

// Padding may be there or not, whatever the alphabet; callers who mind look at `padding`.
Base64 decode_base64(std::string_view, Alphabet = Alphabet::standard);
// The same into memory of the caller's, at least size * 3 / 4 octets; returns how many were
// written.
std::size_t decode_base64_into(std::string_view, Alphabet, char* out, std::size_t& bad,
                               std::size_t& padding) noexcept;
std::string base64url_of(std::string_view bytes);  // without padding

// Empty when a "%" is not followed by two hex digits. "+" stays "+".
std::optional<std::string> percent_decoded(std::string_view);

std::string hex_of(std::string_view bytes);  // lower case

}  // namespace whogoes::rules
