#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace whogoes::app {

// Where this user's whogoes keeps what outlives it: $XDG_STATE_HOME/whogoes, else
// ~/.local/state/whogoes. Empty: neither is known. Not created here.
std::filesystem::path state_folder();

// The same for people: "~/.local/state/whogoes", "$XDG_STATE_HOME/whogoes". It names no user.
std::string state_folder_in_words();

// Random bytes that stay the same for this user from run to run: those of the file of that name in
// the state folder, made there with mode 0600 where it is missing. New ones for this process where
// the file cannot be read or written, or is another user's; `flaw` then says why. Never throws.
std::string kept_random(std::string_view file_name, std::size_t bytes, std::string* flaw = nullptr);

}  // namespace whogoes::app
