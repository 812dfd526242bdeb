#pragma once

#include <cstdint>
#include <string>

namespace whogoes::upstream {

enum class HostHeader : std::uint8_t {
    auto_,  // the client's own for loopback, unix and private addresses, else the upstream's name
    pass,   // the client's own
    upstream,  // the upstream's name
};

// What is spoken with the upstream.
enum class Protocol : std::uint8_t {
    auto_,   // https: what ALPN settles on; else HTTP/1.1
    http_1,  // HTTP/1.1
    http_2,  // https: HTTP/2 or nothing; else HTTP/2 with prior knowledge (RFC 9113, 3.3)
};

// Where requests go, as configured: nothing resolved, nothing opened.
struct Target {
    bool tls = false;
    std::string host;  // name or address, no brackets; empty for a unix socket
    std::uint16_t port = 0;
    std::string unix_path;  // empty: TCP
    std::string origin;     // "http://localhost:3000", as shown to people
    std::string authority;  // Host to send where it is the upstream's: "localhost:3000"
    HostHeader host_header = HostHeader::auto_;
    Protocol protocol = Protocol::auto_;  // as its scheme says: http_2 of h2c://

    bool loopback() const;  // unix, localhost or a loopback address
    bool pass_client_host() const;
};

// localhost, a loopback address or a private one: what the open web cannot be.
bool is_near(const std::string& host);

struct TlsClientSettings {
    std::string ca_file;  // empty: the system's
    bool verify = true;
    std::string server_name;  // empty: the target's host
    std::string certificate_file, key_file;
};

}  // namespace whogoes::upstream
