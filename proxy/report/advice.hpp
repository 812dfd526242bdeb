#pragma once

#include "proxy/report/event.hpp"

#include <string>

namespace whogoes::report {

// What to do about an event, in words; empty: nothing. Of several ways the one that whogoes has
// gone already (an answer that --dev changed) is left out.
std::string advice_of(const AuthEvent&);

}  // namespace whogoes::report
