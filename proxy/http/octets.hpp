#pragma once

#include <array>
#include <cstddef>
#include <string_view>

// Which octets may stand where (RFC 9110, 5.6), and lists of words. Nothing here knows a field.
namespace whogoes::http {

inline constexpr std::array<bool, 256> token_octets = [] {
    std::array<bool, 256> table{};
    for (char c = '0'; c <= '9'; ++c) table[static_cast<unsigned char>(c)] = true;
    for (char c = 'a'; c <= 'z'; ++c) table[static_cast<unsigned char>(c)] = true;
    for (char c = 'A'; c <= 'Z'; ++c) table[static_cast<unsigned char>(c)] = true;
    for (const char c :
         {'!', '#', '$', '%', '&', '\'', '*', '+', '-', '.', '^', '_', '`', '|', '~'})
        table[static_cast<unsigned char>(c)] = true;
    return table;
}();

constexpr bool is_token(char c) noexcept { return token_octets[static_cast<unsigned char>(c)]; }

constexpr bool is_token(std::string_view text) noexcept {
    for (const char c : text) {
        if (!is_token(c)) return false;
    }
    return !text.empty();
}

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

constexpr bool is_digits(std::string_view text) noexcept {
    for (const char c : text) {
        if (!is_digit(c)) return false;
    }
    return !text.empty();
}

constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

inline constexpr std::array<bool, 256> control_octets = [] {
    std::array<bool, 256> table{};
    for (std::size_t c = 0; c < 0x20; ++c) table[c] = c != '\t';
    table[0x7f] = true;
    return table;
}();

// What no field value, chunk extension or trailer may hold; HTAB is allowed there.
constexpr bool is_control(char c) noexcept { return control_octets[static_cast<unsigned char>(c)]; }

constexpr char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

// Field names and most of HTTP's words compare without case (RFC 9110, 5.1).
constexpr bool same_word(std::string_view left, std::string_view right) noexcept {
    if (left.size() != right.size()) return false;
    for (std::size_t i = 0; i < left.size(); ++i) {
        if (left[i] != right[i] && lower(left[i]) != lower(right[i])) return false;
    }
    return true;
}

constexpr bool begins_with_word(std::string_view text, std::string_view word) noexcept {
    return same_word(text.substr(0, word.size()), word);
}

constexpr std::string_view trimmed(std::string_view text) noexcept {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

// Calls `visit` with each element of a comma-separated list of words, white space trimmed, empty
// elements left out (RFC 9110, 5.6.1.2). Not for values with quoted strings.
template <class Visit>
constexpr void each_element(std::string_view list, Visit visit) {
    while (!list.empty()) {
        const std::size_t comma = list.find(',');
        const std::string_view element = trimmed(list.substr(0, comma));
        if (!element.empty()) visit(element);
        if (comma == std::string_view::npos) return;
        list.remove_prefix(comma + 1);
    }
}

}  // namespace whogoes::http
