#pragma once

#include "proxy/app/config.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

// The admin listener's token, left for the verbs that talk to a running proxy: a file of this
// user's own (0600) in the state folder, named after the port. Who cannot read it takes the token
// that was printed at the start.
namespace whogoes::app {

class AdminTokenFile {
public:
    AdminTokenFile() = default;
    // Does nothing where there is no folder; `flaw` says why the file could not be written.
    AdminTokenFile(std::uint16_t port, const std::string& token, std::string& flaw);
    std::string name() const { return file_.filename().string(); }  // empty: nothing was written
    ~AdminTokenFile();  // takes it away, unless another process has put its own there
    AdminTokenFile(AdminTokenFile&&) noexcept;
    AdminTokenFile& operator=(AdminTokenFile&&) noexcept;

private:
    std::filesystem::path file_;
    std::string token_;
};

// The key of this user's proxies where none was chosen: the same from run to run, so that a page
// that is open, or a bookmark, outlives a restart (admin.key in the state folder).
std::string kept_admin_token();

// Where the right one is, for who comes with a wrong one: the end of a sentence. Names no user.
std::string admin_token_place(bool chosen, const AdminTokenFile&);

// The ports whose proxies have left their token here, in order.
std::vector<std::uint16_t> ports_with_admin_token();

// WHOGOES_ADMIN_TOKEN, else what the proxy on this admin port left; empty: there is none.
std::string known_admin_token(const Surroundings&, std::uint16_t port);

}  // namespace whogoes::app
