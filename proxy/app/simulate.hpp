#pragma once

#include "proxy/report/admin.hpp"
#include "proxy/session/simulation.hpp"

namespace whogoes::app {

// What POST /api/v1/simulate comes to: checks the wish and has the workers do it.
report::SimulationOutcome start_simulation(session::Simulations&, const settings::Settings&,
                                           const report::SimulationWish&, rules::TimePoint now);

}  // namespace whogoes::app
