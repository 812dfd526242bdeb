#pragma once

#include "rules/diagnosis.hpp"

#include <optional>

// Somebody before the API, or a check that has nothing to do with the credential, refused.
namespace whogoes::rules::causes {

std::optional<Evidence> gateway_route_missing(const Exchange&);
std::optional<Evidence> aws_signature_rejected(const Exchange&);
std::optional<Evidence> waf_blocked(const Exchange&);
std::optional<Evidence> client_certificate_required(const Exchange&);
std::optional<Evidence> rate_limited(const Exchange&);
std::optional<Evidence> host_rejected(const Exchange&);
std::optional<Evidence> cors_origin_rejected(const Exchange&);

}  // namespace whogoes::rules::causes
