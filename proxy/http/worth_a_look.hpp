#pragma once

#include "proxy/http/head.hpp"

namespace whogoes::http {

// Whether an exchange is handed to the rules at all. A few bits of both heads; the hot path.
// True for 400, 401, 403, 404, 407, 419, 429 and 5xx, a redirect, a preflight, and an answer with
// Set-Cookie, Access-Control-*, WWW-Authenticate or X-Responded-JSON, or that opens a request with
// Authorization to shared caches, and a request that carries a credential in its target or two
// Authorization lines.
bool worth_a_look(const RequestHead&, const ResponseHead&) noexcept;

}  // namespace whogoes::http
