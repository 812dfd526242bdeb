#pragma once

#include "rules/diagnosis.hpp"

#include <optional>

// Rules on CORS: what a browser needs before script may see an answer (WHATWG Fetch).
namespace whogoes::rules::compliance {

std::optional<Evidence> preflight_rejected(const Exchange&);
std::optional<Evidence> preflight_redirected(const Exchange&);
std::optional<Evidence> cors_missing_on_auth_error(const Exchange&);
std::optional<Evidence> cors_missing_on_success(const Exchange&);
std::optional<Evidence> cors_expose_headers_missing(const Exchange&);
std::optional<Evidence> cors_grpc_status_hidden(const Exchange&);
std::optional<Evidence> cors_allow_headers_missing_authorization(const Exchange&);
std::optional<Evidence> cors_allow_headers_wildcard_authorization(const Exchange&);
std::optional<Evidence> cors_wildcard_with_credentials(const Exchange&);
std::optional<Evidence> cors_origin_multiple(const Exchange&);
std::optional<Evidence> cors_vary_origin_missing(const Exchange&);

}  // namespace whogoes::rules::compliance
