#pragma once

#include "rules/diagnosis.hpp"

#include <optional>

// The key of a JWT: unknown, of another kind, or not the one that signed it.
namespace whogoes::rules::causes {

std::optional<Evidence> unknown_kid(const Exchange&);
std::optional<Evidence> alg_key_mismatch(const Exchange&);
std::optional<Evidence> signature_invalid(const Exchange&);

}  // namespace whogoes::rules::causes
