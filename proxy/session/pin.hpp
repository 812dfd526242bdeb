#pragma once

#include "proxy/http/head.hpp"

// Which exchanges bind an upstream connection to one client. NTLM and Negotiate authenticate the
// connection and not the request (RFC 4559, 6): whoever sends on it next is taken for the one who
// logged in. Pure; whoever holds the connection does what is decided here.
namespace whogoes::session {

// Whether either head speaks of such a scheme, as a credential or in a challenge, towards the API
// or a proxy before it. In doubt it does: a pin too many costs a connection, one too few an
// identity.
bool binds_the_connection(const http::RequestHead&, const http::ResponseHead&);
// The same of a request alone.
bool binds_the_connection(const http::RequestHead&);

}  // namespace whogoes::session
