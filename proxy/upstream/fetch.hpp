#pragma once

#include "proxy/net/secret.hpp"
#include "proxy/net/tls.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// One HTTP/1.1 request of the proxy's own on the control thread: a token endpoint, a key set. Only
// for URLs that stand in the configuration, never for one that came with a token (RFC 8725, 3.10).
// Follows no redirect, keeps no connection, and is bounded in size and in time as a whole. Nothing
// here judges the answer.
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

struct FetchRequest {
    FetchUrl url{};
    std::string method = "GET";
    std::string accept = "application/json";
    std::vector<std::pair<std::string, std::string>> fields{};  // beside Host and its like
    net::Secret authorization{};                                // a whole field value; empty: none
    std::string content_type{};                                 // of the body
    net::Secret body{};
    std::size_t most_octets = 256 * 1024;      // of the answer's body
    std::chrono::milliseconds timeout{10000};  // from the start to the last octet
    net::TlsContext tls{};                     // net::client_tls(); null: the system's authorities
};

struct Fetched {
    int status = 0;  // 0: no whole answer came, and `error` says why
    std::vector<std::pair<std::string, std::string>> fields{};
    std::string body{};
    std::string error{};  // "did not answer within 10000 ms"; nothing of the peer's
    bool timed_out = false;

    std::string_view field(std::string_view name) const;  // of the first; empty: none
};

// From the control thread. `then` runs there once, unless the io_context ends before.
void fetch(boost::asio::io_context& control, FetchRequest, std::function<void(Fetched)> then);

}  // namespace whogoes::upstream
