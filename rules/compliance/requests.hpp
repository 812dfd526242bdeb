#pragma once

#include "rules/diagnosis.hpp"

#include <optional>

// Rules that a request breaks.
namespace whogoes::rules::compliance {

std::optional<Evidence> token_in_url(const Exchange&);
std::optional<Evidence> multiple_token_methods(const Exchange&);
std::optional<Evidence> multiple_authorization_fields(const Exchange&);

}  // namespace whogoes::rules::compliance
