#pragma once

#include <string>
#include <string_view>

// Upstream wording that may be shown: at most 200 octets, valid UTF-8 without controls, and every
// credential of the request and everything that looks like one replaced by "REDACTED".
namespace whogoes::rules {

struct Request;

std::string quotable(std::string_view upstream_text, const Request&);

}  // namespace whogoes::rules
