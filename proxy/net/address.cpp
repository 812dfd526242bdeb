#include "proxy/net/address.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <arpa/inet.h>
#include <cstring>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/un.h>

namespace whogoes::net {
namespace {

const sockaddr_in& v4(const Endpoint& endpoint) {
    return reinterpret_cast<const sockaddr_in&>(endpoint.address);
}
const sockaddr_in6& v6(const Endpoint& endpoint) {
    return reinterpret_cast<const sockaddr_in6&>(endpoint.address);
}
const sockaddr_un& local(const Endpoint& endpoint) {
    return reinterpret_cast<const sockaddr_un&>(endpoint.address);
}

bool mapped_v4(const Endpoint& endpoint) {
    return endpoint.family() == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&v6(endpoint).sin6_addr);
}

Endpoint endpoint_of(const sockaddr* address, socklen_t length) {
    Endpoint endpoint;
    std::memcpy(&endpoint.address, address, length);
    endpoint.length = length;
    return endpoint;
}

}  // namespace

std::string Endpoint::host() const {
    char text[INET6_ADDRSTRLEN] = "";
    if (family() == AF_INET) {
        inet_ntop(AF_INET, &v4(*this).sin_addr, text, sizeof text);
    } else if (mapped_v4(*this)) {
        // A dual-stack listener shows IPv4 clients this way; nobody wants to read it.
        inet_ntop(AF_INET, &v6(*this).sin6_addr.s6_addr[12], text, sizeof text);
    } else if (family() == AF_INET6) {
        inet_ntop(AF_INET6, &v6(*this).sin6_addr, text, sizeof text);
    } else if (family() == AF_UNIX && length > sizeof(sa_family_t)) {
        return local(*this).sun_path;
    }
    return text;
}

std::string Endpoint::text() const {
    if (family() == AF_UNIX) return "unix:" + host();
    const std::string bare = host();
    const bool brackets = bare.find(':') != std::string::npos;
    return (brackets ? "[" + bare + "]" : bare) + ":" + std::to_string(port());
}

bool Endpoint::loopback() const noexcept {
    if (family() == AF_UNIX) return true;
    if (family() == AF_INET) return (ntohl(v4(*this).sin_addr.s_addr) >> 24) == 127;
    if (mapped_v4(*this)) return v6(*this).sin6_addr.s6_addr[12] == 127;
    return family() == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&v6(*this).sin6_addr);
}

std::uint16_t Endpoint::port() const noexcept {
    if (family() == AF_INET) return ntohs(v4(*this).sin_port);
    if (family() == AF_INET6) return ntohs(v6(*this).sin6_port);
    return 0;
}

Endpoint unix_endpoint(std::string_view path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path = path.substr(0, sizeof address.sun_path - 1);
    std::memcpy(address.sun_path, path.data(), path.size());
    return endpoint_of(reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

bool is_loopback_name(std::string_view host) noexcept {
    constexpr std::string_view name = "localhost";
    if (host.ends_with('.')) host.remove_suffix(1);
    if (host.size() < name.size()) return false;
    const std::string_view above = host.substr(0, host.size() - name.size());
    return boost::beast::iequals(host.substr(above.size()), name) &&
           (above.empty() || (above.size() > 1 && above.ends_with('.')));
}

std::vector<Endpoint> literal_endpoints(std::string_view host, std::uint16_t port) {
    std::vector<Endpoint> endpoints;
    const std::string text(host);
    sockaddr_in four{};
    four.sin_family = AF_INET;
    four.sin_port = htons(port);
    sockaddr_in6 six{};
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(port);
    const auto add_four = [&] {
        endpoints.push_back(endpoint_of(reinterpret_cast<const sockaddr*>(&four), sizeof four));
    };
    const auto add_six = [&] {
        endpoints.push_back(endpoint_of(reinterpret_cast<const sockaddr*>(&six), sizeof six));
    };
    if (is_loopback_name(host)) {
        four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        six.sin6_addr = in6addr_loopback;
        add_four();
        add_six();
    } else if (inet_pton(AF_INET, text.c_str(), &four.sin_addr) == 1) {
        add_four();
    } else if (inet_pton(AF_INET6, text.c_str(), &six.sin6_addr) == 1) {
        add_six();
    }
    return endpoints;
}

std::vector<Endpoint> resolve(const std::string& host, std::uint16_t port, std::string& error) {
    std::vector<Endpoint> endpoints = literal_endpoints(host, port);
    if (!endpoints.empty()) return endpoints;
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (const int code = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found)) {
        error = "cannot resolve " + host + ": " + gai_strerror(code);
        return endpoints;
    }
    for (const addrinfo* one = found; one != nullptr; one = one->ai_next)
        endpoints.push_back(endpoint_of(one->ai_addr, one->ai_addrlen));
    freeaddrinfo(found);
    return endpoints;
}

}  // namespace whogoes::net
