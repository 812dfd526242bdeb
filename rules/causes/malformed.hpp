#pragma once

#include "rules/diagnosis.hpp"

#include <optional>

// A credential came, and what is wrong can be seen without knowing what is in it.
namespace whogoes::rules::causes {

std::optional<Evidence> multiple_authorization(const Exchange&);
std::optional<Evidence> scheme_separator_wrong(const Exchange&);
std::optional<Evidence> scheme_only(const Exchange&);
std::optional<Evidence> scheme_missing(const Exchange&);
std::optional<Evidence> authorization_stripped(const Exchange&);
std::optional<Evidence> scheme_doubled(const Exchange&);
std::optional<Evidence> placeholder_token(const Exchange&);
std::optional<Evidence> quoted_token(const Exchange&);
std::optional<Evidence> token_whitespace(const Exchange&);
std::optional<Evidence> token_percent_encoded(const Exchange&);
std::optional<Evidence> token_illegal_characters(const Exchange&);

}  // namespace whogoes::rules::causes
