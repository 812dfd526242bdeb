#pragma once

#include "proxy/app/config.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

// The admin listener's token, left for the verbs that talk to a running proxy: a file of this
// user's own (0600) in the state folder, named after the port. Who cannot read it takes the token
// that was printed at the start.
namespace whogoes::app {

class AdminTokenFile {
public:
    AdminTokenFile() = default;
    // Does nothing where there is no folder; `flaw` says why the file could not be written.
    AdminTokenFile(std::uint16_t port, const std::string& token, std::string& flaw);
    ~AdminTokenFile();  // takes it away, unless another process has put its own there
    AdminTokenFile(AdminTokenFile&&) noexcept;
    AdminTokenFile& operator=(AdminTokenFile&&) noexcept;

private:
    std::filesystem::path file_;
    std::string token_;
};

// WHOGOES_ADMIN_TOKEN, else what the proxy on this admin port left; empty: there is none.
std::string known_admin_token(const Surroundings&, std::uint16_t port);

}  // namespace whogoes::app
