#pragma once

#include "rules/fingerprint.hpp"

#include <string>

namespace whogoes::app {

// The key of this installation's fingerprints: $XDG_STATE_HOME/whogoes/fingerprint.key (else
// ~/.local/state), made with mode 0600 where it is missing; random for the process where it cannot
// be read or written, which `flaw` then tells with its reason. Never throws: correlation across
// restarts is a comfort, not a need.
rules::FingerprintKey fingerprint_key(std::string* flaw = nullptr);

}  // namespace whogoes::app
