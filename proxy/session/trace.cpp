#include "proxy/session/trace.hpp"

#include "proxy/http/field_line.hpp"
#include "proxy/net/random.hpp"

namespace whogoes::session {

Trace begin_trace(const http::RequestHead& head) {
    Trace trace;
    const bool traced = head.find(http::FieldName::traceparent) != nullptr;
    const bool named = head.find(http::FieldName::x_request_id) != nullptr;
    if (!traced) {
        trace.id = net::random_hex(16);
        // Sampled: the exchange does stand in a log, ours, and whoever is behind us may follow.
        http::append_field(trace.lines, "traceparent",
                           "00-" + trace.id + "-" + net::random_hex(8) + "-01");
    }
    // One trace may have many requests, so that of a client's is no name for this one.
    if (!named)
        http::append_field(trace.lines, "X-Request-Id", traced ? net::random_hex(16) : trace.id);
    return trace;
}

}  // namespace whogoes::session
