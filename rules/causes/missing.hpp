#pragma once

#include "rules/diagnosis.hpp"

#include <optional>

// Nothing usable arrived: no credential, or one that the client could not or did not send along.
// Cookies and API keys are elsewhere.
namespace whogoes::rules::causes {

std::optional<Evidence> preflight_rejected(const Exchange&);
std::optional<Evidence> empty_authorization(const Exchange&);
std::optional<Evidence> credentials_in_wrong_header(const Exchange&);
std::optional<Evidence> header_lost_on_redirect(const Exchange&);
std::optional<Evidence> credentials_in_query_ignored(const Exchange&);
std::optional<Evidence> browser_cannot_set_header(const Exchange&);
std::optional<Evidence> no_cors_mode(const Exchange&);
std::optional<Evidence> handshake_challenge(const Exchange&);
std::optional<Evidence> no_credentials(const Exchange&);

// A field of this API's own ("X-Acme-Team") whose value may be a key: where the answer says that it
// refused one and nothing else came, it was this. Null: there is none.
const Field* own_field_with_a_key(const Exchange&);

}  // namespace whogoes::rules::causes
