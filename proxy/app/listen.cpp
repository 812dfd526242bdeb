#include "proxy/app/listen.hpp"

#include "proxy/net/listener.hpp"

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

}  // namespace

std::vector<int> open_for_workers(const ListenAddress& address, std::size_t workers,
                                  std::string& bound) {
    net::Endpoint endpoint = endpoint_of(address);
    std::vector<int> sockets;
    const bool share = workers > 1 && address.unix_path.empty();
    const int first = net::open_listener(endpoint, false);
    endpoint = net::bound_endpoint(first);
    bound = endpoint.text();
    if (share) {
        ::close(first);
        for (std::size_t i = 0; i < workers; ++i)
            sockets.push_back(net::open_listener(endpoint, true));
        return sockets;
    }
    sockets.push_back(first);
    while (sockets.size() < workers) sockets.push_back(::dup(first));
    return sockets;
}

}  // namespace whogoes::app
