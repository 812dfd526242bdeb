#pragma once

#include "proxy/net/secret.hpp"

#include <string>
#include <string_view>

namespace whogoes::renew {

// Replaces the file by one that holds this text and a line end, mode 0600, as net::OutputFile does
// it. Empty: done; else why not, in words.
std::string store_token(const std::string& path, std::string_view token);

// What the file holds now, without its line end. Empty: nothing, no regular file, or it cannot be
// read, as a pipe cannot be without waiting for who writes into it.
net::Secret stored_token(const std::string& path);

}  // namespace whogoes::renew
