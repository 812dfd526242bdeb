#pragma once

#include "proxy/observe/sighting.hpp"

namespace whogoes::session {

struct Exchange;

// How the exchange stands now, for who observes it. Views into the exchange, good until its next
// step.
observe::Sighting sighting(Exchange&);

}  // namespace whogoes::session
