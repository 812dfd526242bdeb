#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace whogoes::http {

// Undoes gzip or deflate on a copy of (the first part of) a body, at most `limit` octets of output.
// Empty when the coding is none that we undo; a body that ends early gives what could be read.
std::optional<std::string> decoded(std::string_view content_encoding, std::string_view body,
                                   std::size_t limit);

}  // namespace whogoes::http
