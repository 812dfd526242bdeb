#pragma once

#include "rules/diagnosis.hpp"

#include <optional>

// The scheme: not the one that is asked for, or in a spelling that the server does not take.
namespace whogoes::rules::causes {

std::optional<Evidence> scheme_mismatch(const Exchange&);
// By the API's own description.
std::optional<Evidence> not_as_documented(const Exchange&);
std::optional<Evidence> netrc_override(const Exchange&);
std::optional<Evidence> scheme_case_rejected(const Exchange&);

}  // namespace whogoes::rules::causes
