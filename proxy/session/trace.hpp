#pragma once

#include "proxy/http/head.hpp"

#include <string>

// Who a request is, for everybody on its way: W3C Trace Context and X-Request-Id, made where the
// client sent none (`trace: create`). What it sent passes as it came, right or wrong.
namespace whogoes::session {

struct Trace {
    std::string id;     // 32 hex digits, where we began it; empty: the client's, or none
    std::string lines;  // to add to the request, each with its CRLF; empty: it has both
};

Trace begin_trace(const http::RequestHead&);

}  // namespace whogoes::session
