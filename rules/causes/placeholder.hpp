#pragma once

#include <string_view>

namespace whogoes::rules::causes {

// What stands where a credential should: "undefined", "null", "{{token}}", "$TOKEN", … Safe to
// show, because what could be a real token in brackets is none of these.
bool is_placeholder(std::string_view credential);

}  // namespace whogoes::rules::causes
