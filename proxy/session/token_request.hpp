#pragma once

#include "proxy/session/settings.hpp"
#include "proxy/upstream/fetch.hpp"

namespace whogoes::session {

// The call to the token endpoint (RFC 6749, 4.4.2 and 6), with this refresh token where the grant
// wants one.
upstream::FetchRequest token_request(const RefreshSettings&, const net::Secret& refresh_token);

}  // namespace whogoes::session
