#pragma once

#include "rules/diagnosis.hpp"

#include <optional>

// Schemes that authenticate a connection and not a request: NTLM and Negotiate.
namespace whogoes::rules::causes {

std::optional<Evidence> connection_auth_broken(const Exchange&);
std::optional<Evidence> ntlm_in_negotiate(const Exchange&);
std::optional<Evidence> kerberos_wrong_service(const Exchange&);

}  // namespace whogoes::rules::causes
