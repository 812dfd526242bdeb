#pragma once

#include "proxy/http/head.hpp"
#include "rules/exchange.hpp"

#include <cstddef>
#include <string>
#include <string_view>

// An exchange's octets as plain data for the rules: what of heads and bodies is evidence, and where
// it took place. Judges nothing.
namespace whogoes::session {

struct Exchange;
struct OpenEvent;
struct RequestBody;
struct Treatment;

inline constexpr std::size_t text_evidence_octets = 4096;

bool is_form(const http::RequestHead&);
bool is_json(const http::RequestHead&);
// Whether a body's first octets are kept, since an answer may quote what they hold: forms, JSON and
// whatever else is text.
bool is_text(const http::RequestHead&);
// The first octets of such a body; a view into the body.
std::string_view text_of(const RequestBody&);

// Without authority and query, which are no part of what a route matches.
std::string_view path_of(const http::RequestHead&);
// scheme://host of the request as the client dialled it; falls back on the listen address.
std::string client_origin(const Exchange&);

// A refusal that hides behind a success whose head tells nothing of it: what asked for such, and a
// developer's own traffic.
bool body_may_hide_refusal(const Exchange&);
bool body_is_evidence(const Exchange&);  // of the answer

void fill_request(const Exchange&, rules::Request&);
void fill_place(const Exchange&, const Treatment&, rules::Exchange&);
// Everything of both heads, the body where it was taken, and where it took place. The answer's head
// lies in event.answer_head.
void fill(Exchange&, OpenEvent&);
// Keeps the answer's body as evidence if all of it lies in the answer's buffer already, as a short
// one does that came with its head: one diagnosis instead of two. Whether it does.
bool take_body(const Exchange&, OpenEvent&);
// What of the answer's body has passed; diagnoses again with it, unless it has been weighed.
void weigh_body(OpenEvent&);

}  // namespace whogoes::session
