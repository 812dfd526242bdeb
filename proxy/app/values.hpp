#pragma once

#include "proxy/app/options.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

// What was written for each key and where, before anybody made sense of it: the common form of
// flags, environment and file.
namespace whogoes::app {

enum class Source : std::uint8_t { file, environment, flag };

struct Item {
    std::string text;
    std::string where;         // "whogoes.yaml:3:11", "--listen"
    int line = 0, column = 0;  // in a file, from 1; else 0
    bool exact =
        false;  // in a file: the text stands there as it is, so an offset into it is a column
};

struct Entry {
    std::vector<Item> items;  // one unless it is a list; an empty list is a value too
    bool list = false;
    Source source = Source::file;
    std::string origin;  // "whogoes.yaml:3", "flag --listen", "WHOGOES_LISTEN"
    std::string where;   // of the key, for problems
};

using Values = std::map<std::string, Entry, std::less<>>;

struct RouteValues {
    std::string match;
    std::string where;  // of the match
    std::string origin;
    Values values;
};

struct Written {
    Values values;
    std::vector<RouteValues> routes;
};

// Reads a YAML document against the schema. `name` is the file as people know it. Adds what is
// wrong to `problems`, at most 20 in all, and leaves out what has a problem.
Written read_yaml(const std::string& text, const std::string& name, std::vector<Problem>& problems);

inline constexpr std::size_t most_problems = 20;
inline constexpr std::size_t most_octets = 1024 * 1024;

}  // namespace whogoes::app
