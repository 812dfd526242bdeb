#pragma once

#include "rules/diagnosis.hpp"

#include <optional>

// Sessions kept in cookies: not sent, not stored, not known any more, or protected against forgery.
namespace whogoes::rules::causes {

std::optional<Evidence> session_cookie_missing(const Exchange&);
std::optional<Evidence> session_cookie_blocked(const Exchange&);
std::optional<Evidence> session_expired(const Exchange&);
std::optional<Evidence> csrf_failed(const Exchange&);

}  // namespace whogoes::rules::causes
