#pragma once

#include "proxy/report/admin.hpp"

#include <string_view>

namespace whogoes::report {

// What a request for a simulation asks for, by the members of its JSON body or else by the
// percent-encoded parameters of its query. What is missing or unreadable stays empty.
SimulationWish wish_in(std::string_view query, std::string_view body);

}  // namespace whogoes::report
