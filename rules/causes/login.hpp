#pragma once

#include "rules/diagnosis.hpp"

#include <optional>

// Calls that log in by themselves, and URLs and requests that are signed: credentials that are no
// Authorization field.
namespace whogoes::rules::causes {

std::optional<Evidence> login_failed(const Exchange&);
std::optional<Evidence> signed_url_expired(const Exchange&);
// Of clock-skew: whoever signs URLs is ahead.
std::optional<Evidence> signed_url_not_begun(const Exchange&);
std::optional<Evidence> two_mechanisms(const Exchange&);
std::optional<Evidence> request_signature_rejected(const Exchange&);

}  // namespace whogoes::rules::causes
