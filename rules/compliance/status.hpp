#pragma once

#include "rules/diagnosis.hpp"

#include <optional>

// Rules on the choice of a status: what 400, 401, 403, 404, 407, 2xx, 3xx and 5xx may say about
// a refusal (RFC 9110, 15).
namespace whogoes::rules::compliance {

std::optional<Evidence> proxy_auth_required_from_origin(const Exchange&);
std::optional<Evidence> forbidden_without_credentials(const Exchange&);
std::optional<Evidence> unauthorized_though_valid(const Exchange&);
std::optional<Evidence> login_redirect_for_api(const Exchange&);
std::optional<Evidence> soft_unauthorized(const Exchange&);
std::optional<Evidence> auth_failure_as_bad_request(const Exchange&);
std::optional<Evidence> auth_failure_as_server_error(const Exchange&);
std::optional<Evidence> not_found_hiding(const Exchange&);
std::optional<Evidence> rate_limit_as_auth_status(const Exchange&);

}  // namespace whogoes::rules::compliance
