#pragma once

#include "proxy/http/head.hpp"

namespace whogoes::http {

// Whether an exchange is handed to the rules at all. A few bits of both heads; the hot path.
// True for 400, 401, 402, 403, 404, 407, 412, 419, 422, 429, 440, 498 and 5xx, a redirect, a
// preflight, a call that tells of its refusal inside a success, and an answer with Set-Cookie,
// Access-Control-*, WWW-Authenticate or X-Responded-JSON, or that opens a request with
// Authorization to shared caches, a request that carries a credential in its target or two
// Authorization lines, and a 2xx without CORS to one with credentials from another origin.
bool worth_a_look(const RequestHead&, const ResponseHead&) noexcept;

// Whether a success may be a refusal by its protocol: gRPC-Web, Connect, GraphQL, JSON-RPC.
bool is_call_with_errors_inside(const RequestHead&, const ResponseHead&) noexcept;

}  // namespace whogoes::http
