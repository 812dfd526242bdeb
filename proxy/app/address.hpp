#pragma once

#include "proxy/app/options.hpp"
#include "proxy/upstream/target.hpp"
#include "rules/result.hpp"

#include <string>
#include <string_view>

// Addresses and URLs as they are configured. Pure text: nothing is resolved. Each error is one
// sentence that ends with the cure.
namespace whogoes::app {

// "127.0.0.1:8401", "[::1]:8401", "localhost:8401", ":8401" (loopback), "unix:/path".
rules::Result<ListenAddress, std::string> parse_listen(std::string_view text);

// "http://localhost:3000", "https://api.example", ":3000", "localhost:3000", "unix:/path".
rules::Result<upstream::Target, std::string> parse_upstream(std::string_view text);

}  // namespace whogoes::app
