#pragma once

#include "rules/diagnosis.hpp"

#include <optional>

// Rules on step-up challenges (RFC 9470).
namespace whogoes::rules::compliance {

std::optional<Evidence> step_up_params_missing(const Exchange&);
std::optional<Evidence> step_up_max_age_invalid(const Exchange&);

}  // namespace whogoes::rules::compliance
