#pragma once

#include "proxy/settings/settings.hpp"
#include "proxy/upstream/fetch.hpp"

namespace whogoes::renew {

// The call to the token endpoint (RFC 6749, 4.4.2 and 6), with this refresh token where the grant
// wants one.
upstream::FetchRequest token_request(const settings::RefreshSettings&,
                                     const net::Secret& refresh_token);

}  // namespace whogoes::renew
