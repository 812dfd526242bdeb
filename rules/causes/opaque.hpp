#pragma once

#include "rules/diagnosis.hpp"

#include <optional>

// Tokens that only their issuer can read: told apart by published prefixes (rules/prefixes.hpp).
namespace whogoes::rules::causes {

std::optional<Evidence> publishable_key_used(const Exchange&);
std::optional<Evidence> opaque_wrong_environment(const Exchange&);
std::optional<Evidence> opaque_wrong_provider(const Exchange&);
std::optional<Evidence> opaque_token_rejected(const Exchange&);

}  // namespace whogoes::rules::causes
