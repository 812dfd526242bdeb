#pragma once

#include "proxy/session/settings.hpp"

#include <string>
#include <string_view>

namespace whogoes::session {

// Whether a Host value names this proxy: a loopback name, an IP address, or a configured name.
// An address always counts, since DNS rebinding always brings a name.
bool is_own_host(const Settings&, std::string_view host);

// Whether an Origin is of a page that this developer serves: on a near host or a configured one.
bool is_near_origin(const Settings&, std::string_view origin);

// What may be written into an answer as the origin that the client dialled (by its
// Host): the same for a host of ours, else the first configured name on the same port, else
// nothing. A Host is the client's word, and a foreign name would send others elsewhere.
std::string own_origin(const Settings&, std::string_view scheme, std::string_view host);

}  // namespace whogoes::session
