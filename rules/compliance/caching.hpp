#pragma once

#include "rules/diagnosis.hpp"

#include <optional>

// Rules on what caches may keep of refusals and of answers to a credential (RFC 9111).
namespace whogoes::rules::compliance {

std::optional<Evidence> unauthorized_cacheable(const Exchange&);
std::optional<Evidence> authorized_response_shared_cacheable(const Exchange&);

}  // namespace whogoes::rules::compliance
