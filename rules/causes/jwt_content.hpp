#pragma once

#include "rules/diagnosis.hpp"

#include <optional>

// What a readable JWT says: its kind, its times, whom it is from and for, what it allows.
namespace whogoes::rules::causes {

std::optional<Evidence> refresh_token_as_access_token(const Exchange&);
std::optional<Evidence> id_token_as_access_token(const Exchange&);
std::optional<Evidence> exp_not_numeric(const Exchange&);
std::optional<Evidence> exp_in_milliseconds(const Exchange&);
std::optional<Evidence> clock_skew(const Exchange&);
std::optional<Evidence> token_expired(const Exchange&);
std::optional<Evidence> token_not_yet_valid(const Exchange&);
std::optional<Evidence> insufficient_scope(const Exchange&);
std::optional<Evidence> step_up_required(const Exchange&);
std::optional<Evidence> wrong_token_typ(const Exchange&);
std::optional<Evidence> wrong_issuer(const Exchange&);
std::optional<Evidence> wrong_audience(const Exchange&);
std::optional<Evidence> wrong_authorized_party(const Exchange&);

}  // namespace whogoes::rules::causes
