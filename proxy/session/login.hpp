#pragma once

#include "proxy/settings/settings.hpp"

#include <cstddef>
#include <memory>
#include <string>

// A login that passes, at a path that `refresh.login_path` names. Its answer goes to the client as
// it came; the refresh token in it revives a session that is over, and nothing else of it is kept.
namespace whogoes::session {

struct Exchange;

struct Login {
    Login() = default;
    Login(const Login&) = delete;
    Login& operator=(const Login&) = delete;
    ~Login();  // wipes the body

    std::shared_ptr<const settings::RefreshSettings> block;
    std::string coding;  // Content-Encoding
    std::string body;    // of the answer, without chunks, in that coding
};

inline constexpr std::size_t login_octets = 64 * 1024;

// Once the answer's head is there: sets exchange.login where its body may hold tokens, and the
// request was nobody else's.
void expect_tokens(Exchange&);

// Once the body has passed whole.
void take_tokens(Exchange&);

}  // namespace whogoes::session
