#pragma once

#include "proxy/http/head.hpp"

#include <string_view>

namespace whogoes::http {

// Whether an exchange is handed to the rules at all. A few bits of both heads; the hot path.
// True for 400, 401, 402, 403, 404, 407, 412, 419, 422, 429, 440, 498 and 5xx, a redirect, a
// preflight, a call that tells of its refusal inside a success, and an answer with Set-Cookie,
// Access-Control-*, WWW-Authenticate or X-Responded-JSON, or that opens a request with
// Authorization to shared caches, a request that carries a credential in its target or two
// Authorization lines, and a 2xx without CORS to one with credentials from another origin.
bool worth_a_look(const RequestHead&, const ResponseHead&) noexcept;

// Whether a success may be a refusal by its protocol: gRPC-Web, Connect, GraphQL, JSON-RPC, or a
// redirect that a script asked to be told of. By both heads: the answer's type, and a path or a
// field of the request that says it.
bool is_call_with_errors_inside(const RequestHead&, const ResponseHead&) noexcept;

// … by the first octets of a JSON request, whatever its path: a GraphQL document, a JSON-RPC call.
// A few searches, no parser; what it takes for a call is looked at, no more.
bool asks_for_errors_inside(std::string_view body) noexcept;

}  // namespace whogoes::http
