#pragma once

#include <string>
#include <string_view>
#include <vector>

// What the type of a flag's value says, as the command line's parser has it: alternatives between
// bars, a word in lower case for itself, one in capitals for a kind of words, and ",..." at the end
// where several may stand between commas. "show DIALECT" is a word that another one follows.
namespace whogoes::manual {

struct Alternative {
    std::string word;  // "auto", "CAUSE"
    std::string next;  // what follows it as a word of its own; empty: nothing

    bool is_kind() const;
};

struct ValueType {
    std::vector<Alternative> alternatives;
    bool list = false;
};

// Throws std::invalid_argument on a kind that nobody has told of.
ValueType read_value_type(std::string_view);

struct Choice {
    std::string word, doc;
};

bool names_file(std::string_view kind);
// All words of a kind; none where they cannot be listed, as those of URL and FILE.
std::vector<Choice> words_of(std::string_view kind);
// The kinds that words_of() lists.
std::vector<std::string_view> listed_kinds();

}  // namespace whogoes::manual
