#pragma once

#include "rules/diagnosis.hpp"

#include <optional>

// Rules on what the API's own description promises (Exchange::documented). Without one they say
// nothing.
namespace whogoes::rules::compliance {

std::optional<Evidence> documented_security_missing(const Exchange&);
std::optional<Evidence> documented_open_refused(const Exchange&);
std::optional<Evidence> documented_scheme_not_offered(const Exchange&);

}  // namespace whogoes::rules::compliance
