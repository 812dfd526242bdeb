#pragma once

#include "rules/diagnosis.hpp"

#include <optional>

// Rules on the presence and the syntax of challenges (RFC 9110, 11), whatever their scheme.
namespace whogoes::rules::compliance {

std::optional<Evidence> unauthorized_without_challenge(const Exchange&);
std::optional<Evidence> challenge_syntax_invalid(const Exchange&);
std::optional<Evidence> challenge_empty_element(const Exchange&);
std::optional<Evidence> challenge_bad_whitespace(const Exchange&);
std::optional<Evidence> challenge_duplicate_param(const Exchange&);
std::optional<Evidence> challenge_realm_not_quoted(const Exchange&);
std::optional<Evidence> challenge_duplicate(const Exchange&);
std::optional<Evidence> challenge_scheme_unregistered(const Exchange&);
std::optional<Evidence> challenge_multiple_in_one_field(const Exchange&);
std::optional<Evidence> challenge_non_ascii(const Exchange&);
std::optional<Evidence> challenge_on_unexpected_status(const Exchange&);
std::optional<Evidence> challenge_leaks_credential(const Exchange&);
std::optional<Evidence> proxy_challenge_on_unauthorized(const Exchange&);
std::optional<Evidence> proxy_auth_without_challenge(const Exchange&);

}  // namespace whogoes::rules::compliance
