#pragma once

#include <optional>
#include <string>
#include <string_view>

// A command line of curl as people paste it from a terminal or a browser's "Copy as cURL". Only its
// words and quotes are read: nothing is expanded, and no file that it names is opened.
namespace whogoes::tools {

bool is_curl_line(std::string_view text) noexcept;

// The credential that it sends, as a field of a request: "Authorization: Bearer eyJ…", "Cookie: …".
// Of several the one that a server asks first: Authorization, -u, a key's field, the cookies.
std::optional<std::string> credential_of_curl(std::string_view line);

}  // namespace whogoes::tools
