#pragma once

#include "rules/diagnosis.hpp"

#include <optional>

// A JWT that cannot be taken apart, or cannot be signed as it says (RFC 7515, 7516).
namespace whogoes::rules::causes {

std::optional<Evidence> jwt_segment_count(const Exchange&);
std::optional<Evidence> jwt_encrypted(const Exchange&);
std::optional<Evidence> jwt_base64_standard(const Exchange&);
std::optional<Evidence> jwt_base64_invalid(const Exchange&);
std::optional<Evidence> jwt_json_invalid(const Exchange&);
std::optional<Evidence> jwt_alg_none(const Exchange&);
std::optional<Evidence> jwt_alg_missing(const Exchange&);
std::optional<Evidence> jwt_truncated(const Exchange&);

}  // namespace whogoes::rules::causes
