#pragma once

#include "rules/condition.hpp"
#include "rules/dialect.hpp"
#include "rules/heard.hpp"
#include "rules/text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

// The sayings of the built-in dialects without marks, which any API may say: codes by their hash,
// words by their first octet, so that an answer is gone through once however many there are.
namespace whogoes::rules {

class CommonSayings {
public:
    struct Row {
        const Dialect* by;
        const Saying* saying;
        std::size_t order;
    };
    // What holds of a statement, and the words that it stands on; all of it for a code.
    struct Found {
        Row row;
        std::string_view text;   // around the words
        std::string_view words;  // they alone
    };

    static const CommonSayings& all();

    // Made of those words alone that any refusal is made of: "401 Unauthorized", "The access token
    // is missing or invalid".
    bool says_nothing(const Statement&) const;

    // Calls `take` with each row one of whose terms may hold of the statement.
    template <class Take>
    void look(const Statement& statement, Take take) const {
        if (statement.letters != 0) {
            auto row = std::lower_bound(
                codes_.begin(), codes_.end(), statement.letters,
                [](const auto& one, std::uint64_t letters) { return one.first < letters; });
            for (; row != codes_.end() && row->first == statement.letters; ++row)
                take(Found{row->second, statement.text, statement.text});
        }
        const std::string_view text = statement.text;
        for (std::size_t at = 0; at < text.size(); ++at) {
            const auto bucket = static_cast<unsigned char>(lower(text[at]));
            if (texts_[bucket].empty()) continue;
            const bool inside = at > 0 && (is_alpha(text[at - 1]) || is_digit(text[at - 1]));
            if (inside && is_alpha(text[at])) continue;
            const std::string_view rest = text.substr(at, 256);
            for (const auto& [words, row] : texts_[bucket]) {
                const Match match = find_words_here(rest, words);
                if (!match) continue;
                take(Found{row, around(text, at, at + match.end), text.substr(at, match.end)});
            }
        }
        for (const Row& row : others_) take(Found{row, {}, {}});
    }

private:
    CommonSayings();
    void add(Row);

    std::vector<std::pair<std::uint64_t, Row>> codes_{};
    std::array<std::vector<std::pair<std::string_view, Row>>, 256> texts_{};
    std::vector<Row> others_{};
    std::vector<std::uint64_t> empty_{};
};

}  // namespace whogoes::rules
