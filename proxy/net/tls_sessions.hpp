#pragma once

#include <cstddef>
#include <memory>
#include <vector>

struct ssl_session_st;  // OpenSSL's SSL_SESSION

// The TLS sessions that one server has given one worker: whoever shows one at its next handshake is
// spared the certificates and their keys' work (RFC 8446, 2.2; RFC 5077). In memory only. For
// connections that are made alike: the same place, name, certificates and checks; others keep
// sessions of their own. Not thread-safe.
namespace whogoes::net {

class TlsSessions {
public:
    struct Free {
        void operator()(ssl_session_st* session) const noexcept;
    };
    using Session = std::unique_ptr<ssl_session_st, Free>;

    // As many as connections may be opened at once before the first of them brings new ones.
    static constexpr std::size_t most = 16;

    TlsSessions();

    // Beyond `most` the oldest goes.
    void keep(Session) noexcept;
    // The latest that may still serve, or none. One of TLS 1.3 is given once (RFC 8446, C.4). One
    // whose certificate has run out is not: nobody would look at it again.
    Session take() noexcept;
    void clear() noexcept { kept_.clear(); }

private:
    std::vector<Session> kept_;  // the latest at the back
};

}  // namespace whogoes::net
