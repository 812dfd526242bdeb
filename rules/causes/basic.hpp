#pragma once

#include "rules/diagnosis.hpp"

#include <optional>

// Basic credentials, from the first octet that is wrong to those that only the server can judge
// (RFC 7617).
namespace whogoes::rules::causes {

std::optional<Evidence> basic_holds_token(const Exchange&);
std::optional<Evidence> basic_base64url(const Exchange&);
std::optional<Evidence> basic_not_base64(const Exchange&);
std::optional<Evidence> basic_double_encoded(const Exchange&);
std::optional<Evidence> basic_no_colon(const Exchange&);
std::optional<Evidence> basic_trailing_newline(const Exchange&);
std::optional<Evidence> basic_control_characters(const Exchange&);
std::optional<Evidence> basic_not_utf8(const Exchange&);
std::optional<Evidence> basic_empty_username(const Exchange&);
std::optional<Evidence> basic_empty_password(const Exchange&);
std::optional<Evidence> basic_wrong_credentials(const Exchange&);

}  // namespace whogoes::rules::causes
