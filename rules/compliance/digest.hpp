#pragma once

#include "rules/diagnosis.hpp"

#include <optional>

// Rules on Digest challenges (RFC 7616, 3.3).
namespace whogoes::rules::compliance {

std::optional<Evidence> digest_nonce_missing(const Exchange&);
std::optional<Evidence> digest_realm_missing(const Exchange&);
std::optional<Evidence> digest_qop_missing(const Exchange&);
std::optional<Evidence> digest_weak_algorithm(const Exchange&);
std::optional<Evidence> digest_quoting(const Exchange&);

}  // namespace whogoes::rules::compliance
