#pragma once

#include "proxy/net/secret.hpp"
#include "proxy/net/tls.hpp"
#include "proxy/upstream/target.hpp"

#include <boost/asio/io_context.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// One request of the program's own: to a token endpoint, for a key set, of `lint` and its like. By
// HTTP/1.1, or by HTTP/2 where that is asked for and offered, over the same connections as
// everything else. Follows no redirect, keeps no connection, and is bounded in size and in time as
// a whole. Nothing here judges the answer. The proxy asks only URLs that stand in the
// configuration, never one that came with a token (RFC 8725, 3.10).
namespace whogoes::upstream {

struct FetchUrl {
    bool tls = false;
    std::string host;       // name or address, no brackets
    std::string port;       // "443"
    std::string authority;  // as in Host: "id.example", "localhost:8080"
    std::string target;     // path and query, at least "/"

    std::string origin() const { return (tls ? "https://" : "http://") + authority; }
    bool loopback() const;
    bool operator==(const FetchUrl&) const = default;
};

// Empty where it is no http or https URL, or one with a user name in it.
std::optional<FetchUrl> parse_fetch_url(std::string_view);

using FetchFields = std::vector<std::pair<std::string, std::string>>;

struct FetchRequest {
    FetchUrl url{};
    std::string method = "GET";
    std::string user_agent = "whogoes";
    std::string accept = "application/json";
    FetchFields fields{};         // beside these; one of their names stands in for ours
    net::Secret authorization{};  // a whole field value; empty: none
    std::string content_type{};   // of the body
    net::Secret body{};
    std::size_t most_octets = 256 * 1024;  // of the answer's body
    bool cut = false;                      // keep that much of a longer one; else it is an error
    std::chrono::milliseconds timeout{10000};  // from the start to the last octet
    net::TlsContext tls{};                     // net::client_tls(); null: the system's authorities
    bool verify = true;                        // the server's certificate
    // What carries a secret goes by HTTP/1.1: the buffers of HTTP/2 are not wiped.
    Protocol protocol = Protocol::http_1;
    // Set by another thread to have it end within a tenth of a second; may be null.
    const std::atomic<bool>* abandoned = nullptr;
};

struct Fetched {
    // How far it came.
    enum class Stage : std::uint8_t { resolving, connecting, trusting, shaking_hands, answering };
    Stage stage = Stage::resolving;
    int status = 0;      // 0: no readable answer came, and `error` says why
    FetchFields sent{};  // of the request, but its Authorization where that was apart
    FetchFields fields{};
    std::string trailers{};  // lines
    std::string body{};
    bool whole = false;    // all of the body is here; only of a request that may be cut
    bool http_2 = false;   // it went by that
    std::string error{};   // "did not answer within 10000 ms"; nothing of the peer's
    std::string reason{};  // the system's or TLS's own words in it: "connection refused"
    bool timed_out = false;
    bool distrusted = false;  // the certificate is what failed

    std::string_view field(std::string_view name) const;  // of the first; empty: none
};

// Waits for it, on a loop of its own: for threads that have nothing else to do. Throws nothing:
// what this process has no descriptor or memory for is an error as any other.
Fetched fetch_now(FetchRequest);

// From the control thread. `then` runs there once, unless the io_context ends before.
void fetch(boost::asio::io_context& control, FetchRequest, std::function<void(Fetched)> then);

}  // namespace whogoes::upstream
