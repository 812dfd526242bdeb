#include "proxy/manual/shell_words.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>

namespace whogoes::manual {

std::vector<std::string> plain_words(const ValueType& type) {
    std::vector<std::string> words;
    for (const Alternative& one : type.alternatives)
        if (!one.is_kind()) words.push_back(one.word);
    return words;
}

std::vector<std::string> kinds_to_list(const ValueType& type) {
    const auto listed = listed_kinds();
    std::vector<std::string> kinds;
    for (const Alternative& one : type.alternatives)
        if (std::find(listed.begin(), listed.end(), one.word) != listed.end())
            kinds.push_back(one.word);
    return kinds;
}

bool takes_file(const ValueType& type) {
    return std::any_of(type.alternatives.begin(), type.alternatives.end(),
                       [](const Alternative& one) { return names_file(one.word); });
}

std::string joined(const std::vector<std::string>& words, std::string_view between) {
    std::string text;
    for (const std::string& word : words) text.append(text.empty() ? "" : between).append(word);
    return text;
}

std::string single_quoted(std::string_view text) {
    std::string quoted = "'";
    for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

std::vector<std::string> flags_with_values(const Program& program) {
    std::map<std::string, bool> all;
    const auto note = [&](const Verb& verb) {
        for (const Flag& flag : verb.flags)
            for (const std::string& name : flag.names) {
                const bool takes = !flag.type.empty();
                if (all.emplace(name, takes).first->second != takes)
                    throw std::logic_error(name + " takes a value here and none there");
            }
    };
    note(program.top);
    for (const Verb& verb : program.verbs) note(verb);
    std::vector<std::string> names;
    for (const auto& [name, takes] : all)
        if (takes) names.push_back(name);
    return names;
}

}  // namespace whogoes::manual
