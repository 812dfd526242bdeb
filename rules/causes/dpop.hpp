#pragma once

#include "rules/diagnosis.hpp"

#include <optional>

// Tokens that are bound to a key, and the proofs that go with them (RFC 9449).
namespace whogoes::rules::causes {

std::optional<Evidence> dpop_proof_missing(const Exchange&);
std::optional<Evidence> dpop_proof_invalid(const Exchange&);
std::optional<Evidence> dpop_htu_mismatch(const Exchange&);
std::optional<Evidence> dpop_nonce_required(const Exchange&);
// The other binding of a token to its sender: a TLS client certificate (RFC 8705).
std::optional<Evidence> certificate_bound_token(const Exchange&);

}  // namespace whogoes::rules::causes
