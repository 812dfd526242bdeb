#pragma once

#include "proxy/app/config.hpp"
#include "rules/result.hpp"

#include <string>

// Where a running proxy is asked, by the settings that it would be started with.
namespace whogoes::app {

// By flags, environment and file; where these name none and one proxy of this user's runs, that
// one's. The error is the rest of a sentence.
rules::Result<ListenAddress, std::string> admin_address(const Arguments&, const Surroundings&);

}  // namespace whogoes::app
