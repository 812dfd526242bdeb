#pragma once

#include "proxy/net/tls_sessions.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct ssl_st;
struct ssl_ctx_st;

// TLS contexts for both sides, built once a configuration and shared by the workers (OpenSSL's
// SSL_CTX is safe to share once built). TLS 1.2 and 1.3; ALPN http/1.1 and, where it may be, h2.
// What a client resumes at one server context of a process it may resume at every other.
namespace whogoes::net {

using TlsContext = std::shared_ptr<ssl_ctx_st>;

// Which protocols are offered, or taken where they are offered (RFC 7301).
enum class Alpn : std::uint8_t { http_1_1, h2, both };

// Throws std::runtime_error naming the file and OpenSSL's reason.
TlsContext server_tls(const std::string& certificate_file, const std::string& key_file, Alpn);

struct ClientTls {
    std::string ca_file;  // empty: the system's
    bool verify = true;
    std::string certificate_file, key_file;  // empty: none
};
TlsContext client_tls(const ClientTls&);

// A session for one connection; its owner is the Stream it is given to.
ssl_st* accept_tls(const TlsContext&);
// `server_name` is sent as SNI (unless it is an address) and checked against the certificate.
// Resumes one of `sessions` and keeps there what the server gives, also when the handshake is long
// over; null: always a full handshake.
ssl_st* connect_tls(const TlsContext&, const std::string& server_name, bool verify, Alpn,
                    std::shared_ptr<TlsSessions> sessions = nullptr);

}  // namespace whogoes::net
