#pragma once

#include "rules/diagnosis.hpp"

#include <optional>

// Rules on Bearer challenges and their error codes (RFC 6750, 3), which DPoP shares.
namespace whogoes::rules::compliance {

std::optional<Evidence> bearer_no_params(const Exchange&);
std::optional<Evidence> bearer_challenge_token68(const Exchange&);
std::optional<Evidence> bearer_error_without_credentials(const Exchange&);
std::optional<Evidence> bearer_error_missing(const Exchange&);
std::optional<Evidence> bearer_error_status_mismatch(const Exchange&);
std::optional<Evidence> bearer_error_unknown(const Exchange&);
std::optional<Evidence> bearer_error_charset(const Exchange&);
std::optional<Evidence> bearer_error_uri_relative(const Exchange&);
std::optional<Evidence> bearer_scope_syntax(const Exchange&);
std::optional<Evidence> forbidden_bearer_without_challenge(const Exchange&);

}  // namespace whogoes::rules::compliance
