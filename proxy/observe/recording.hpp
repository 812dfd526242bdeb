#pragma once

#include "proxy/report/event.hpp"

#include <exception>
#include <string>
#include <string_view>

// The records of exchanges that tell nothing of authentication, and what all records have in
// common.
namespace whogoes::observe {

struct Observer;
struct OpenEvent;
struct Sighting;

// What every record of this exchange says, whatever it is about.
void fill_common(const Sighting&, report::AuthEvent&);
// Takes out of a path, a query or words of ours what names a user, unless `log.identity` is plain.
void mask_users(const Sighting&, std::string& text);
double duration_ms(const Sighting&);  // since it began
double upstream_ms(const Sighting&);  // until the upstream's head was complete

// What was changed in the answer and does not show there by itself; nothing where nothing was.
void tell_changes(const Sighting&, report::AuthEvent&);

// What became of the replay (replay_record.cpp).
void tell_replay(const Sighting&, report::AuthEvent&);

// The record of an exchange that was worth a look, and once more for one that repeats another
// (event_record.cpp).
void record_event(Observer&, const Sighting&, OpenEvent&);
void record_repeat(Observer&, const Sighting&, const OpenEvent&);

// An exchange with nothing to explain, where every exchange is asked for or something was changed.
void record_access(Observer&, const Sighting&);

// The upstream broke off in the middle of a body that is on its way to the client, or broke its
// framing, which `flaw` then says; `trouble`: what the connection says of its end.
void record_broken_answer(Observer&, const Sighting&, std::string_view flaw,
                          const std::string& trouble);

// An answer of our own that is a failure; sighting.status is set.
void record_failure(Observer&, const Sighting&, const std::string& message);

// What keeps a worker from doing its work, without an exchange that it belongs to.
void record_trouble(Observer&, std::string message);
// Something that the operator should know; about no exchange.
void record_note(Observer&, std::string_view level, std::string message);

// An exception that ended a session: a bug of ours, said once, with nothing of the peer's.
void record_bug(Observer&, const std::exception_ptr&);

}  // namespace whogoes::observe
