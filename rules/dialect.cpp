#include "rules/dialect.hpp"

#include "rules/text.hpp"

#include <algorithm>

namespace whogoes::rules {
namespace {

constexpr std::size_t widest_gap = 80;

constexpr bool is_word_char(char c) {
    return is_alpha(c) || is_digit(c) || static_cast<unsigned char>(c) >= 0x80;
}
constexpr bool is_gap_char(char c) {
    return c == ' ' || c == '_' || c == '-' || c == '\t' || c == '\r' || c == '\n';
}

bool starts_word(std::string_view text, std::size_t at) {
    return at == 0 || !is_word_char(text[at]) || !is_word_char(text[at - 1]);
}

bool ends_word(std::string_view text, std::size_t at) {
    return at >= text.size() || !is_word_char(text[at]) || !is_word_char(text[at - 1]);
}

// The offset behind the words that begin at `at`, or npos.
std::size_t match(std::string_view text, std::size_t at, std::string_view words) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == '*') {
            const std::string_view rest = words.substr(std::min(i + 2, words.size()));
            const std::size_t end = std::min(text.size(), at + widest_gap);
            for (std::size_t next = at; next < end; ++next) {
                if (!starts_word(text, next)) continue;
                const std::size_t behind = match(text, next, rest);
                if (behind != npos) return behind;
            }
            return npos;
        }
        if (words[i] == ' ' && i + 1 < words.size() && words[i + 1] == '*') continue;
        if (at >= text.size()) return npos;
        if (words[i] == ' ') {
            if (!is_gap_char(text[at])) return npos;
            while (at < text.size() && is_gap_char(text[at])) ++at;
            continue;
        }
        if (lower(text[at]) != words[i]) return npos;
        ++at;
    }
    return ends_word(text, at) ? at : npos;
}

}  // namespace

std::uint64_t letters_of(std::string_view text) noexcept {
    std::uint64_t hash = 14695981039346656037U;
    bool any = false;
    for (const char c : text) {
        if (!is_word_char(c)) continue;
        hash = (hash ^ static_cast<unsigned char>(lower(c))) * 1099511628211U;
        any = true;
    }
    return any ? hash | 1U : 0;
}

Match find_words(std::string_view text, std::string_view words) noexcept {
    if (words.empty() || words.size() > text.size() + widest_gap) return {};
    const char small = words[0];
    const char capital = is_alpha(small) ? static_cast<char>(small - 'a' + 'A') : small;
    // Two searches by the library are several times as fast as a loop over a long token's octets.
    std::size_t next_small = text.find(small);
    std::size_t next_capital = capital == small ? npos : text.find(capital);
    while (next_small != next_capital) {
        const std::size_t at = std::min(next_small, next_capital);
        const std::size_t end = starts_word(text, at) ? match(text, at, words) : npos;
        if (end != npos) return {at, end};
        if (at == next_small)
            next_small = text.find(small, at + 1);
        else
            next_capital = text.find(capital, at + 1);
    }
    return {};
}

bool has_any_words(std::string_view text, std::initializer_list<std::string_view> those) noexcept {
    return std::any_of(those.begin(), those.end(), [text](std::string_view words) {
        return static_cast<bool>(find_words(text, words));
    });
}

Match match_words_here(std::string_view text, std::string_view words) noexcept {
    const std::size_t end = words.empty() ? npos : match(text, 0, words);
    return end == npos ? Match{} : Match{0, end};
}

}  // namespace whogoes::rules
