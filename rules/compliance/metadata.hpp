#pragma once

#include "rules/diagnosis.hpp"

#include <optional>

// Rules on the resource_metadata parameter of challenges (RFC 9728, 5.1).
namespace whogoes::rules::compliance {

std::optional<Evidence> resource_metadata_invalid(const Exchange&);
std::optional<Evidence> resource_metadata_origin_mismatch(const Exchange&);
std::optional<Evidence> token_realm_unreachable(const Exchange&);

}  // namespace whogoes::rules::compliance
