#pragma once

#include "proxy/app/address.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

// The listening sockets that the control thread opens for its workers.
namespace whogoes::app {

// One a worker, on the same address; `bound` is told which, the port being the system's choice
// where it is 0. Throws where it cannot, with the address and the reason: a port that somebody else
// holds is found before it is shared.
std::vector<int> open_for_workers(const ListenAddress&, std::size_t workers, std::string& bound);

// Why this address cannot be had, who has it, and which to take instead. `flag`: the one that says
// so, "-l" or "--admin".
std::string why_not_listening(const std::system_error&, const std::string& address,
                              std::string_view flag);

}  // namespace whogoes::app
