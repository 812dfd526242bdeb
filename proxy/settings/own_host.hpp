#pragma once

#include "proxy/http/head.hpp"
#include "proxy/settings/settings.hpp"

#include <string>
#include <string_view>

namespace whogoes::settings {

// Whether a Host value names this proxy: a loopback name, an IP address, or a configured name.
// An address always counts, since DNS rebinding always brings a name.
bool is_own_host(const Settings&, std::string_view host);

// Whether an Origin is of a page that is served on this machine, or by a configured name or
// address. Any other address may be anybody's.
bool is_near_origin(const Settings&, std::string_view origin);

// Whether what is kept here may be lent to who asks, or taken from what it was answered; empty: it
// may. "host": a name that was pointed here (DNS rebinding); "cross-site": a page of somebody
// else's. Judged by Host and Origin; Sec-Fetch-Site can only speak against it, for not every
// browser sends it.
std::string_view why_not_trusted(const Settings&, const http::RequestHead&);

// What may be written into an answer as the origin that the client dialled (by its
// Host): the same for a host of ours, else the first configured name on the same port, else
// nothing. A Host is the client's word, and a foreign name would send others elsewhere.
std::string own_origin(const Settings&, std::string_view scheme, std::string_view host);

}  // namespace whogoes::settings
