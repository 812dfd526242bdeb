#pragma once

#include "rules/diagnosis.hpp"

#include <optional>

// Sessions kept in cookies: not sent, not stored, not known any more, or protected against forgery.
namespace whogoes::rules::causes {

std::optional<Evidence> session_cookie_missing(const Exchange&);
std::optional<Evidence> session_cookie_blocked(const Exchange&);
std::optional<Evidence> session_expired(const Exchange&);
std::optional<Evidence> csrf_failed(const Exchange&);
// Whether an unsafe call beside a session came without a CSRF field, and the answer gives no
// reason.
bool may_lack_csrf_field(const Exchange&);
// Spring hides the 403 of its CSRF filter behind a mute 401 of its error page, which wants a login.
bool only_unsafe_calls_are_refused(const Exchange&);

}  // namespace whogoes::rules::causes
