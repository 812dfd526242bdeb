#pragma once

#include "proxy/manual/value_type.hpp"

#include <optional>
#include <string>
#include <vector>

// The program's verbs and flags as plain data, read from the command line's parser: what the manual
// page and the completions are made of. Knows nothing of either.
namespace whogoes::manual {

struct Flag {
    std::vector<std::string>
        names;         // "-u", "--upstream"; of a word that is no flag, its name alone
    std::string type;  // "URL"; empty: it takes no value
    std::string doc;
    std::string group;
};

struct Verb {
    std::string name;  // empty: the program itself
    std::string doc;
    std::string usage;  // lines, without "Usage: "
    std::string footer;
    std::vector<Flag> flags;
    std::optional<Flag> word;  // what may stand behind the verb
    bool takes_settings = false;
    bool takes_command = false;  // behind "--"
};

struct Program {
    Verb top;
    std::vector<Verb> verbs;
    std::string version;
    std::string date;  // of the version, 2026-11-29; empty: nobody told

    // The flags that may stand behind a verb: its own, and the settings where it takes them.
    std::vector<Flag> flags_of(const Verb&) const;
};

Program read_program();

}  // namespace whogoes::manual
