#pragma once

#include "proxy/http/head.hpp"

#include <optional>
#include <string_view>

// The request target's four forms (RFC 9112, 3.2) and the authority in it and in Host. Which
// authorities are ours is not decided here. Inner to proxy/http.
namespace whogoes::http {

// Checks the target against the method and Host, and notes absolute_form and path_begin.
std::optional<Flaw> read_target(RequestHead& head);

// host[:port] without userinfo: a name of letters, digits, "-", ".", "_", "~" and percent
// encodings, an IPv4 address, or an IPv6 address in brackets.
bool is_authority(std::string_view text) noexcept;

}  // namespace whogoes::http
