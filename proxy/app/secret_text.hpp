#pragma once

#include "proxy/app/config.hpp"
#include "rules/result.hpp"

#include <string>
#include <string_view>

namespace whogoes::app {

// A secret as it is configured: the text itself, "${env:NAME}" or "${file:PATH}", relative to
// `folder`; one line end behind it is trimmed. The error is a sentence without the secret.
rules::Result<std::string, std::string> reveal_secret(std::string_view text, const Surroundings&,
                                                      std::string_view folder);

}  // namespace whogoes::app
