#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

// The words of a message that an API wrote for people, so that a phrase is found as whole words and
// never inside another ("locked" is not in "blocked").
namespace whogoes::rules::compliance {

class Words {
public:
    // Letters and digits make a word; "invalid_token" and "tokenExpired" are two words each.
    explicit Words(std::string_view text);

    bool has(std::string_view word) const;
    // A word of `some` with at most `distance` words between it and one of `others`.
    bool near(std::initializer_list<const char*> some, std::initializer_list<const char*> others,
              std::size_t distance) const;

private:
    std::string text_;  // lower case
    std::vector<std::string_view> words_;
};

// Whether `phrase` stands in `text`, compared without case and not in the middle of a word; it may
// end inside one ("rate limit" in "rate limited").
bool begins_word(std::string_view text, std::string_view phrase);

}  // namespace whogoes::rules::compliance
