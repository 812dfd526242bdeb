#pragma once

#include "proxy/http/head.hpp"

// What kind of body a head announces by its Content-Type (RFC 9110, 8.3). Types compare without
// case; nothing is looked for in a body.
namespace whogoes::http {

bool is_form(const RequestHead&) noexcept;  // application/x-www-form-urlencoded
bool is_json(const RequestHead&) noexcept;  // "json" in it: application/problem+json as well
// Neither binary nor a picture: an answer may quote what such a body holds.
bool is_text(const RequestHead&) noexcept;

bool is_grpc(const RequestHead&) noexcept;  // application/grpc, +proto and the like; not -web

// An answer whose body may be silent for as long as it likes, and is never looked at.
bool is_event_stream(const ResponseHead&) noexcept;

}  // namespace whogoes::http
