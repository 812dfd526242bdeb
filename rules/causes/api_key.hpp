#pragma once

#include "rules/diagnosis.hpp"

#include <optional>

// Keys in a field or a query parameter of their own.
namespace whogoes::rules::causes {

std::optional<Evidence> api_key_invalid(const Exchange&);
std::optional<Evidence> api_key_missing(const Exchange&);

}  // namespace whogoes::rules::causes
