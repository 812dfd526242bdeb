#pragma once

#include "proxy/http/octets.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

// The one way for a value that did not come in a head (a peer's address, a token, a challenge, a
// setting) into a head of ours. What was parsed within a head has passed the same check there.
namespace whogoes::http {

// No control but HTAB, and no white space at either end (RFC 9110, 5.5): nothing that could end the
// line and begin another.
constexpr bool is_field_value(std::string_view value) noexcept {
    for (const char c : value) {
        if (is_control(c)) return false;
    }
    return value.empty() || (!is_blank(value.front()) && !is_blank(value.back()));
}

// Adds "name: value" with its CRLF. False: the value may not stand in a head, and nothing is added;
// a head without the line is better than one with a line that somebody else chose.
inline bool append_field(std::string& lines, std::string_view name, std::string_view value) {
    if (!is_field_value(value)) return false;
    const std::size_t begin = lines.size();
    lines.resize(begin + name.size() + value.size() + 4);  // once: several lines a request
    char* at = std::copy(name.begin(), name.end(), lines.data() + begin);
    at = std::copy_n(": ", 2, at);
    at = std::copy(value.begin(), value.end(), at);
    std::copy_n("\r\n", 2, at);
    return true;
}

}  // namespace whogoes::http
