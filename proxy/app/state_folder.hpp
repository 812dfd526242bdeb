#pragma once

#include <filesystem>

namespace whogoes::app {

// Where this user's whogoes keeps what outlives it: $XDG_STATE_HOME/whogoes, else
// ~/.local/state/whogoes. Empty: neither is known. Not created here.
std::filesystem::path state_folder();

}  // namespace whogoes::app
