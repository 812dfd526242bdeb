#pragma once

#include <string>
#include <string_view>

namespace whogoes::session {

// Replaces the file by one that holds this text and a line end, mode 0600, as net::OutputFile does
// it. Empty: done; else why not, in words.
std::string store_token(const std::string& path, std::string_view token);

}  // namespace whogoes::session
