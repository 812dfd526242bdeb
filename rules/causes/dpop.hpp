#pragma once

#include "rules/diagnosis.hpp"

#include <optional>

// Tokens that are bound to a key, and the proofs that go with them (RFC 9449).
namespace whogoes::rules::causes {

std::optional<Evidence> dpop_proof_missing(const Exchange&);
std::optional<Evidence> dpop_proof_invalid(const Exchange&);
std::optional<Evidence> dpop_htu_mismatch(const Exchange&);
std::optional<Evidence> dpop_nonce_required(const Exchange&);

}  // namespace whogoes::rules::causes
