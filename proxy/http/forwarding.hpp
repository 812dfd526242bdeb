#pragma once

#include "proxy/http/head.hpp"
#include "proxy/http/patch.hpp"

#include <string_view>
#include <vector>

// What X-Forwarded-* and Forwarded (RFC 7239) say of a request's way here, and which fields pretend
// to. Read and nothing more: whether who sent it may be believed is decided elsewhere.
namespace whogoes::http {

// Views into the head.
struct Told {
    std::string_view scheme;  // "http" or "https"; empty: not told, or no such thing
    std::string_view host;    // host or host:port, well-formed; empty: not told
    std::string_view port;    // digits; empty: not told
    // The addresses that the request came from, each as written without a port and brackets, the
    // one nearest to us last. What is no address ("unknown", "_hidden") stands here too.
    std::vector<std::string_view> chain;
};

// Of the fields of this style; of `both`, of X-Forwarded-* where there is one. Of `off` nothing.
Told told(const RequestHead&, ForwardedStyle);

// Whether any field of either style is there.
bool tells_of_forwarding(const RequestHead&) noexcept;

// A name that some servers take for a forwarding field's: X_Forwarded_For, X.Forwarded.Proto.
bool is_forwarding_alias(std::string_view name) noexcept;

// Fields without a FieldName that contradict ours where a stranger sent them: X-Forwarded-Ssl,
// -Scheme, -Server and -Prefix.
bool is_lesser_forwarding_field(std::string_view name) noexcept;

// The host[:port] that was asked for: Host, or the authority of an absolute target without one;
// empty: neither.
std::string_view asked_authority(const RequestHead&) noexcept;

// The port of host[:port]; empty: none is written.
std::string_view port_of(std::string_view authority) noexcept;
// The same without its port.
std::string_view without_port(std::string_view authority) noexcept;

}  // namespace whogoes::http
