#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

// Every setting, as a row: what it is called in the file, on the command line and in the
// environment, what it may be, and what it is when nobody says. Not read here: see config.hpp.
namespace whogoes::app {

enum class Kind : std::uint8_t {
    text,
    choice,  // one word of `choices`
    boolean,
    count,     // a whole number
    size,      // 64KiB
    duration,  // 5s
    file,      // a path; in a file relative to that file's folder
};

struct Key {
    std::string_view path = {};  // "log.rotate.size"
    Kind kind = Kind::text;
    std::string_view fallback = {};     // the default, as written; a list's: "a, b"; empty: none
    std::string_view choices = {};      // "auto|json|pretty"
    std::uint64_t least = 0, most = 0;  // most 0: unbounded; octets, milliseconds or a count
    bool list = false;                  // a list is taken as well as one value
    bool in_route = false;              // a route may override it
    bool heads_section = false;         // its value may stand in place of its section's map
    bool secret = false;                // takes ${file:…} and ${env:…}; never printed
    std::string_view flag = {};         // "--listen"; empty: none
    std::string_view environment = {};  // "WHOGOES_LISTEN"; empty: none
    std::string_view comes_later = {};  // not empty: refused, with these words
    std::string_view doc = {};          // for people, half a line
};

std::span<const Key> keys() noexcept;
const Key* find_key(std::string_view path) noexcept;
// The key whose value may be written as the section's own: `forwarded: off` for
// `forwarded: {form: off}`. Null: none.
const Key* head_of_section(std::string_view path) noexcept;

// Whether a map stands at this path: "log" for "log.format". The root is "".
bool is_section(std::string_view path) noexcept;

// The names that may stand in this section, separated by `|`.
std::string names_in(std::string_view section, bool in_route);

// What is wrong with one value of this key, with the cure; empty: nothing.
std::optional<std::string> value_flaw(const Key&, std::string_view text);

}  // namespace whogoes::app
