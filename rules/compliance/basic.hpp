#pragma once

#include "rules/diagnosis.hpp"

#include <optional>

// Rules on Basic challenges (RFC 7617) and on the password box that browsers open for them.
namespace whogoes::rules::compliance {

std::optional<Evidence> basic_realm_missing(const Exchange&);
std::optional<Evidence> basic_charset_invalid(const Exchange&);
std::optional<Evidence> basic_over_plaintext(const Exchange&);
std::optional<Evidence> browser_basic_popup(const Exchange&);

}  // namespace whogoes::rules::compliance
