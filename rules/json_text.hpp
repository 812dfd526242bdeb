#pragma once

#include <string>
#include <string_view>

namespace whogoes::rules {

// What stands between the quotes of a JSON string, as one line of UTF-8: line ends and tabs become
// spaces, a control character or half a surrogate pair a question mark. Never fails: an escape that
// is none gives what stands behind its backslash (RFC 8259, 7).
std::string unescaped_json(std::string_view raw);

}  // namespace whogoes::rules
