#pragma once

#include "rules/diagnosis.hpp"

#include <optional>

// Digest credentials (RFC 7616): nonce, uri, counter, realm. The response itself is never computed.
namespace whogoes::rules::causes {

std::optional<Evidence> digest_nonce_stale(const Exchange&);
std::optional<Evidence> digest_uri_mismatch(const Exchange&);
std::optional<Evidence> digest_nc_reuse(const Exchange&);
std::optional<Evidence> digest_wrong_credentials(const Exchange&);

}  // namespace whogoes::rules::causes
