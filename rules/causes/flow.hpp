#pragma once

#include "rules/diagnosis.hpp"

#include <optional>

// What only earlier exchanges of the same client can tell, and what is left when nothing else is.
namespace whogoes::rules::causes {

std::optional<Evidence> refresh_client_rejected(const Exchange&);
std::optional<Evidence> refresh_failed(const Exchange&);
std::optional<Evidence> pkce_failed(const Exchange&);
std::optional<Evidence> redirect_uri_mismatch(const Exchange&);
std::optional<Evidence> code_exchange_failed(const Exchange&);
std::optional<Evidence> replay_still_unauthorized(const Exchange&);
std::optional<Evidence> stale_token_race(const Exchange&);
std::optional<Evidence> repeated_rejected_credential(const Exchange&);
std::optional<Evidence> revoked_or_logged_out(const Exchange&);
std::optional<Evidence> token_rejected_unknown(const Exchange&);

}  // namespace whogoes::rules::causes
