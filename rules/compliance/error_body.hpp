#pragma once

#include "rules/diagnosis.hpp"

#include <optional>

// Rules on the body of a refusal.
namespace whogoes::rules::compliance {

std::optional<Evidence> error_body_status_mismatch(const Exchange&);
std::optional<Evidence> unauthorized_html_for_api_client(const Exchange&);

}  // namespace whogoes::rules::compliance
