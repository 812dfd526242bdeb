#pragma once

#include "proxy/net/stream.hpp"
#include "proxy/net/tls.hpp"
#include "proxy/upstream/target.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

// One connection to the upstream, and how one is made.
namespace whogoes::upstream {

struct Connection {
    net::Stream stream;
    std::string address;       // "127.0.0.1:3000"
    std::uint64_t number = 0;  // of this process; tells two connections apart in evidence
    bool reused = false;
    net::Clock::time_point idle_since{};
    std::chrono::milliseconds idle_limit{};

    // Neither its end is there nor anything that nobody asked for. Asks the kernel: an event that
    // tells of either may still be waiting for its turn.
    bool is_quiet() noexcept { return stream.peek() == net::Io::again; }
};
// Whoever holds it owns the connection.
using Lease = std::unique_ptr<Connection>;

struct Connecting {
    Lease lease;  // empty: failed
    bool timed_out = false;
    bool no_descriptor = false;  // this process may open no more (EMFILE, ENFILE)
    bool reached = false;        // somebody took the connection; what failed is TLS
    std::string error;           // "connection refused"; nothing of a peer's beyond TLS reasons
};

struct PoolSettings {
    Target target;
    TlsClientSettings tls;
    net::TlsContext tls_context;  // null without TLS
    std::chrono::milliseconds connect_timeout{5000};
    // How long a connection may be idle and still be used: where the API ends it under a request,
    // one that may be sent twice loses nothing, so it takes one of any age; the others go by what
    // servers keep at least.
    std::chrono::milliseconds idle_timeout{60000};
    std::chrono::milliseconds idle_timeout_unsafe{4000};
};

}  // namespace whogoes::upstream
