#pragma once

#include "proxy/settings/settings.hpp"
#include "rules/exchange.hpp"

// An exchange's octets as plain data for the rules: what of heads and bodies is evidence, and where
// it took place. Judges nothing.
namespace whogoes::observe {

struct Observer;
struct OpenEvent;
struct Sighting;

// A refusal that hides behind a success whose head tells nothing of it: what asked for such, and a
// developer's own traffic.
bool body_may_hide_refusal(const Sighting&);
bool body_is_evidence(const Sighting&);  // of the answer

void fill_request(const Sighting&, rules::Request&);
void fill_place(const Sighting&, const settings::Treatment&, rules::Exchange&);
// Everything of both heads, and the body where it was taken. The answer's head lies in
// event.answer_head.
void fill_messages(const Sighting&, OpenEvent&);
// … where it took place, and what follows from all of it.
void fill_rest(const Sighting&, OpenEvent&);
inline void fill(const Sighting& sighting, OpenEvent& event) {
    fill_messages(sighting, event);
    fill_rest(sighting, event);
}
// Of an answer that is a call's: that its end is evidence, and its messages are none.
void expect_end(const Sighting&, OpenEvent&);
// Keeps the answer's body as evidence if all of it came already, as a short one does that came with
// its head: one diagnosis instead of two. Whether it did.
bool take_body(const Sighting&, OpenEvent&);
// What of the answer's body has passed; diagnoses again with it, unless it has been weighed.
void weigh_body(OpenEvent&);
// Shows the rules how a call ended, as far as that has come.
void show_end(OpenEvent&);
// Diagnoses and prescribes, with what is remembered by now.
void judge(Observer&, const Sighting&, OpenEvent&);
// Whether it ended with a status of 0, seen by the lines alone; false: it may have, all the same.
bool ended_well(const OpenEvent&);

}  // namespace whogoes::observe
