#include "rules/common_sayings.hpp"

namespace whogoes::rules {

CommonSayings::CommonSayings() {
    std::size_t order = 0;
    for (const Dialect& dialect : builtin_dialects()) {
        if (!dialect.marks.empty()) continue;
        for (const Saying& saying : dialect.sayings) add({&dialect, &saying, order++});
        for (const std::string_view word : dialect.empty_words) empty_.push_back(letters_of(word));
    }
    std::sort(codes_.begin(), codes_.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    std::sort(empty_.begin(), empty_.end());
}

bool CommonSayings::says_nothing(const Statement& statement) const {
    std::string_view text = statement.text;
    if (text.size() > longest_excerpt) return false;
    while (!text.empty()) {
        std::size_t end = 0;
        while (end < text.size() && is_alpha(text[end])) ++end;
        if (end > 0 &&
            !std::binary_search(empty_.begin(), empty_.end(), letters_of(text.substr(0, end))))
            return false;
        if (end < text.size() && static_cast<unsigned char>(text[end]) >= 0x80) return false;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return true;
}

void CommonSayings::add(Row row) {
    const Term& first = row.saying->when.front();
    if (first.asks == Asks::code)
        codes_.emplace_back(first.name_mark, row);
    else if (first.asks == Asks::text)
        texts_[static_cast<unsigned char>(first.words.front())].emplace_back(first.words, row);
    else
        others_.push_back(row);
}

const CommonSayings& CommonSayings::all() {
    static const CommonSayings all;
    return all;
}

}  // namespace whogoes::rules
