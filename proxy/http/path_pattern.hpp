#pragma once

#include <string_view>

// Patterns over paths, as routes and filters have them. Works on the path as it was sent; decodes
// nothing.
namespace whogoes::http {

// Of the whole path: `*` is any run of octets within a segment, `**` any run at all, and "/a/**" is
// "/a" too. The work is bounded by the product of both lengths.
bool path_matches(std::string_view pattern, std::string_view path) noexcept;

}  // namespace whogoes::http
