#pragma once

#include "rules/diagnosis.hpp"

#include <optional>

// A true 403: known, and not allowed.
namespace whogoes::rules::causes {

std::optional<Evidence> permission_denied(const Exchange&);

}  // namespace whogoes::rules::causes
