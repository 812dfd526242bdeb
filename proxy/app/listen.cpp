#include "proxy/app/listen.hpp"

#include "proxy/net/listener.hpp"
#include "proxy/net/port_holder.hpp"

#include <cstdint>
#include <stdexcept>
#include <unistd.h>

namespace whogoes::app {
namespace {

net::Endpoint endpoint_of(const ListenAddress& address) {
    if (!address.unix_path.empty()) return net::unix_endpoint(address.unix_path);
    std::string error;
    const std::vector<net::Endpoint> endpoints = net::resolve(address.host, address.port, error);
    if (endpoints.empty())
        throw std::runtime_error("cannot listen on " + address.text() + ": " + error);
    return endpoints.front();
}

int try_to_open(const net::Endpoint& endpoint, bool share) {
    try {
        return net::open_listener(endpoint, share);
    } catch (const std::system_error& error) {
        throw std::runtime_error(why_not_listening(error, endpoint.text(), "-l"));
    }
}

// The next port that is free now; empty where none near is.
std::string neighbour(const ListenAddress& taken) {
    constexpr std::uint16_t tries = 20;
    for (std::uint16_t i = 1; i <= tries && taken.port <= 65535 - tries; ++i) {
        ListenAddress next = taken;
        next.port = static_cast<std::uint16_t>(taken.port + i);
        try {
            ::close(net::open_listener(endpoint_of(next), false));
            return next.text();
        } catch (const std::exception&) {  // the one after it, then
        }
    }
    return {};
}

}  // namespace

std::string why_not_listening(const std::system_error& error, const std::string& address,
                              std::string_view flag) {
    std::string words = "cannot listen on " + address + ": ";
    const auto parsed = parse_listen(address);
    if (!parsed.has_value() || !parsed->unix_path.empty()) return words + error.code().message();
    if (error.code() == std::errc::address_in_use) {
        const std::string holder = net::port_holder(parsed->port);
        words += holder.empty() ? "another program holds this port" : holder + " holds this port";
        const std::string free = neighbour(*parsed);
        if (!free.empty()) words += "; take another, as in " + std::string(flag) + " " + free;
    } else if (error.code() == std::errc::permission_denied) {
        words += "ports below 1024 are for root; take a higher one with " + std::string(flag);
    } else if (error.code() == std::errc::address_not_available) {
        words += "this is no address of this machine; name one with " + std::string(flag);
    } else {
        words += error.code().message();
    }
    return words;
}

std::vector<int> open_for_workers(const ListenAddress& address, std::size_t workers,
                                  std::string& bound) {
    net::Endpoint endpoint = endpoint_of(address);
    std::vector<int> sockets;
    const bool share = workers > 1 && address.unix_path.empty();
    const int first = try_to_open(endpoint, false);
    endpoint = net::bound_endpoint(first);
    bound = endpoint.text();
    if (share)
        ::close(first);
    else
        sockets.push_back(first);
    try {
        while (sockets.size() < workers)
            sockets.push_back(share ? try_to_open(endpoint, true) : net::same_socket(first));
    } catch (...) {
        for (const int socket : sockets) ::close(socket);
        throw;
    }
    return sockets;
}

}  // namespace whogoes::app
