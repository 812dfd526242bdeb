#pragma once

#include "proxy/session/settings.hpp"

#include <string_view>

namespace whogoes::session {

// Whether a Host value names this proxy: a loopback name, an IP address, or a configured name.
// An address always counts, since DNS rebinding always brings a name.
bool is_own_host(const Settings&, std::string_view host);

}  // namespace whogoes::session
