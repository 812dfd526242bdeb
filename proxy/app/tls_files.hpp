#pragma once

#include <optional>
#include <string>

// Whether the TLS files of a configuration can be used, before anybody listens with them.
namespace whogoes::app {

// What is wrong, in one sentence with the cure; empty: the pair fits.
std::optional<std::string> key_pair_flaw(const std::string& certificate_file,
                                         const std::string& key_file);
std::optional<std::string> authorities_flaw(const std::string& file);

}  // namespace whogoes::app
