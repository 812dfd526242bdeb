#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// Text of unknown origin made safe to write: as a JSON string, as terminal text, as a label. What
// comes out is always well-formed UTF-8 without control or bidirectional-override characters.
// Hides no secret; that is redact.hpp.
namespace whogoes::report {

// One code point at the start of `text`, which is not empty. An octet that begins none is taken
// alone, and not valid.
struct CodePoint {
    std::uint32_t value = 0;
    std::size_t octets = 1;
    bool valid = false;
};
CodePoint next_code_point(std::string_view text) noexcept;

// C0, DEL, C1, line and paragraph separators, and what reorders text on a screen.
bool is_invisible(std::uint32_t code_point) noexcept;

void append_json(std::string& out, std::string_view text);  // with its quotes

// "\x1b" for an invisible or broken octet; with utf8 false "?" for all beyond ASCII.
std::string visible(std::string_view text, bool utf8);

std::size_t code_points(std::string_view text) noexcept;

// At most `octets` octets, the mark of a cut ("…") included; never cuts a code point.
std::string cut_end(std::string_view text, std::size_t octets);
// At most `points` code points; what is taken out of the middle leaves `mark`.
std::string cut_middle(std::string_view text, std::size_t points, std::string_view mark);

}  // namespace whogoes::report
