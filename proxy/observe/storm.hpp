#pragma once

#include "proxy/report/event.hpp"
#include "rules/diagnosis.hpp"

// Clients that renew or send the same refused token again and again, whether or not tokens are
// renewed here. Warns; stops nobody.
namespace whogoes::observe {

struct Observer;
struct Sighting;

// Whether its form asks a token endpoint for a new token. Cheap: everything but a form is told at
// its method.
bool renews_a_token(const Sighting&);

// How many renewals of this client within a minute this exchange makes, where that is worth a
// warning now; else 0. Before the history is told of it.
int renewals_in_a_storm(Observer&, const Sighting&);
// But for what all records have in common.
report::AuthEvent storm_record(const Observer&, const Sighting&, int renewals);

// The same refused credential so often that it is an error, not a warning.
bool is_great_storm(const rules::Diagnosis&);

}  // namespace whogoes::observe
