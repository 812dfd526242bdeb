#pragma once

#include "proxy/http/head.hpp"
#include "proxy/http/rpc_end.hpp"

#include <cstdint>
#include <string_view>

namespace whogoes::http {

// When an exchange is handed to the rules, if at all: by its heads, or, of a call (gRPC, gRPC-Web,
// a Connect stream), once its status has come behind the body.
enum class Look : std::uint8_t { none, at_end, at_head };

// A few bits of both heads; the hot path. At the head for 400, 401, 402, 403, 404, 407, 412, 419,
// 422, 429, 440, 498 and 5xx, a redirect, a preflight, a call that tells of its refusal inside a
// success, and an answer with Set-Cookie, Access-Control-*, WWW-Authenticate or X-Responded-JSON,
// or that opens a request with Authorization to shared caches, a request that carries a credential
// in its target or two Authorization lines, a 2xx without CORS to one with credentials from another
// origin, and a call whose head has a refusing status.
Look look_of(const RequestHead&, const ResponseHead&) noexcept;
inline bool worth_a_look(const RequestHead& request, const ResponseHead& response) noexcept {
    return look_of(request, response) == Look::at_head;
}

// How an answer that is a call's success by HTTP frames its status.
RpcFraming rpc_framing(const RequestHead&, const ResponseHead&) noexcept;

// Whether a success may be a refusal by its protocol: GraphQL, JSON-RPC, or a redirect that a
// script asked to be told of. By both heads: the answer's type, and a path or a field of the
// request that says it.
bool is_call_with_errors_inside(const RequestHead&, const ResponseHead&) noexcept;

// … by the first octets of a JSON request, whatever its path: a GraphQL document, a JSON-RPC call.
// A few searches, no parser; what it takes for a call is looked at, no more.
bool asks_for_errors_inside(std::string_view body) noexcept;

}  // namespace whogoes::http
