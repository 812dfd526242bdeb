#include "rules/compliance/words.hpp"

#include "rules/text.hpp"

namespace whogoes::rules::compliance {
namespace {

bool is_word_char(char c) { return is_alpha(c) || is_digit(c); }

bool is_one_of(std::string_view word, std::initializer_list<const char*> words) {
    for (const char* candidate : words)
        if (word == candidate) return true;
    return false;
}

}  // namespace

Words::Words(std::string_view text) : text_(lowered(text)) {
    const std::string_view all = text_;
    for (std::size_t at = 0; at < all.size();) {
        if (!is_word_char(all[at])) {
            ++at;
            continue;
        }
        std::size_t end = at + 1;
        const auto continues = [&] {
            const bool new_hump = text[end] >= 'A' && text[end] <= 'Z' && text[end - 1] >= 'a' &&
                                  text[end - 1] <= 'z';
            return is_word_char(all[end]) && !new_hump;
        };
        while (end < all.size() && continues()) ++end;
        words_.push_back(all.substr(at, end - at));
        at = end;
    }
}

bool Words::has(std::string_view word) const {
    for (const std::string_view candidate : words_)
        if (candidate == word) return true;
    return false;
}

bool Words::near(std::initializer_list<const char*> some, std::initializer_list<const char*> others,
                 std::size_t distance) const {
    for (std::size_t i = 0; i < words_.size(); ++i) {
        if (!is_one_of(words_[i], some)) continue;
        const std::size_t first = i > distance ? i - distance - 1 : 0;
        for (std::size_t j = first; j < words_.size() && j <= i + distance + 1; ++j)
            if (j != i && is_one_of(words_[j], others)) return true;
    }
    return false;
}

bool begins_word(std::string_view text, std::string_view phrase) {
    for (std::size_t from = 0;;) {
        const std::size_t at = ifind(text.substr(from), phrase);
        if (at == npos) return false;
        if (from + at == 0 || !is_word_char(text[from + at - 1])) return true;
        from += at + 1;
    }
}

}  // namespace whogoes::rules::compliance
