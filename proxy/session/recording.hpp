#pragma once

#include "proxy/report/event.hpp"

#include <exception>
#include <string>
#include <string_view>

// The records of exchanges that tell nothing of authentication, and what all records have in
// common.
namespace whogoes::session {

struct Exchange;
struct Worker;

// What every record of this exchange says, whatever it is about.
void fill_common(const Exchange&, report::AuthEvent&);
// Takes out of a path, a query or words of ours what names a user, unless `log.identity` is plain.
void mask_users(const Exchange&, std::string& text);
double duration_ms(const Exchange&);  // since it began
double upstream_ms(const Exchange&);  // until the upstream's head was complete

// What was changed in the answer and does not show there by itself; nothing where nothing was.
void tell_changes(Exchange&, report::AuthEvent&);

// An exchange with nothing to explain, where every exchange is asked for or something was changed.
void record_access(Exchange&);

// The upstream broke off in the middle of a body that is on its way to the client, or broke its
// framing, which `flaw` then says.
void record_broken_answer(Exchange&, std::string_view flaw);

// An answer of our own that is a failure.
void record_own_answer(Exchange&, int status, const std::string& message);

// What keeps a worker from doing its work, without an exchange that it belongs to.
void record_trouble(Worker&, std::string message);
// Something of this worker's that the operator should know; about no exchange.
void record_note(Worker&, std::string_view level, std::string message);

// An exception that ended a session: a bug of ours, said once, with nothing of the peer's.
void record_bug(Worker&, const std::exception_ptr&);

}  // namespace whogoes::session
