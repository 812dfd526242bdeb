#pragma once

#include <string>
#include <string_view>

// What to make of a word on the command line that stands where none is taken.
namespace whogoes::app {

// "http://localhost:3000", ":3000", "localhost:3000", "unix:/run/api.sock": an API's address and
// nothing else, so that `whogoes URL` may mean -u URL.
bool names_upstream(std::string_view word);

struct Stray {
    std::string_view verb;         // "run" where none was written
    std::string_view known_flags;  // of this verb, between bars
    std::string_view known_verbs;  // all of them, between bars
    bool has_upstream = false;     // -u was given
};

// One sentence and its cure. The word is quoted back only where it cannot be a secret that was
// pasted into the wrong place.
std::string complaint_about(std::string_view word, const Stray&);

}  // namespace whogoes::app
