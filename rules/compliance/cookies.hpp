#pragma once

#include "rules/diagnosis.hpp"

#include <optional>

// Rules on cookies that a browser will not store (RFC 6265bis, 5.7).
namespace whogoes::rules::compliance {

std::optional<Evidence> cookie_secure_over_http(const Exchange&);
std::optional<Evidence> cookie_samesite_none_insecure(const Exchange&);
std::optional<Evidence> cookie_domain_mismatch(const Exchange&);
std::optional<Evidence> cookie_prefix_violation(const Exchange&);

}  // namespace whogoes::rules::compliance
