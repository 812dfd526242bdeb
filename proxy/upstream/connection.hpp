#pragma once

#include "proxy/h2/limits.hpp"
#include "proxy/h2/stream.hpp"
#include "proxy/net/stream.hpp"
#include "proxy/net/tls.hpp"
#include "proxy/upstream/target.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

// One connection to the upstream, or one stream of an HTTP/2 connection, and how one is made.
namespace whogoes::upstream {

// How long an HTTP/2 connection without a request is kept: it tells of its end before it comes.
inline constexpr std::chrono::seconds http_2_idle{60};

struct Connection {
    net::Stream stream;
    std::string address;       // "127.0.0.1:3000"
    std::uint64_t number = 0;  // of this process; tells two connections apart in evidence
    bool reused = false;
    net::Clock::time_point idle_since{};
    std::chrono::milliseconds idle_limit{};
    std::shared_ptr<const h2::Stream> shared{};  // it is this one of several; null: HTTP/1.1

    // The upstream said that it did nothing with the request (RFC 9113, 8.7).
    bool never_processed() const { return shared && shared->never_processed(); }
    // It ended this request, and not the connection under several.
    bool was_reset() const { return shared && shared->was_reset(); }

    // Neither its end is there nor anything that nobody asked for. Asks the kernel: an event that
    // tells of either may still be waiting for its turn.
    bool is_quiet() noexcept { return stream.peek() == net::Io::again; }
};
// Whoever holds it owns the connection.
using Lease = std::unique_ptr<Connection>;

// Why there is no connection.
struct ConnectFailure {
    bool timed_out = false;
    bool no_descriptor = false;  // this process may open no more (EMFILE, ENFILE)
    bool unresolved = false;     // its name has no address
    bool reached = false;        // somebody took the connection; what failed is TLS
    bool distrusted = false;     // it was the certificate
    std::string error;           // "connection refused"; nothing of a peer's beyond TLS reasons
};

struct Connecting : ConnectFailure {
    Lease lease;  // empty: failed
};

struct PoolSettings {
    Target target;
    TlsClientSettings tls;
    net::TlsContext tls_context;  // null without TLS
    Protocol protocol = Protocol::auto_;
    h2::Limits http_2{};
    std::chrono::milliseconds connect_timeout{5000};
    // How long a connection may be idle and still be used: where the API ends it under a request,
    // one that may be sent twice loses nothing, so it takes one of any age; the others go by what
    // servers keep at least.
    std::chrono::milliseconds idle_timeout{60000};
    std::chrono::milliseconds idle_timeout_unsafe{4000};
};

}  // namespace whogoes::upstream
