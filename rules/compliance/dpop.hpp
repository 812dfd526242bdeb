#pragma once

#include "rules/diagnosis.hpp"

#include <optional>

// Rules on DPoP challenges and nonces (RFC 9449).
namespace whogoes::rules::compliance {

std::optional<Evidence> dpop_algs_missing(const Exchange&);
std::optional<Evidence> dpop_nonce_header_missing(const Exchange&);
std::optional<Evidence> dpop_nonce_multiple(const Exchange&);
std::optional<Evidence> dpop_in_proxy_auth(const Exchange&);

}  // namespace whogoes::rules::compliance
