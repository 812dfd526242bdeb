#pragma once

#include <cstdint>
#include <string>

namespace whogoes::net {

// "node (pid 4711)": who listens on this TCP port of this machine, whatever the address. Empty:
// nobody, or the system does not let this user know. By proc(5). Elsewhere: sysctl(3), or empty,
// and the message says "in use" without a name.
std::string port_holder(std::uint16_t port);

}  // namespace whogoes::net
