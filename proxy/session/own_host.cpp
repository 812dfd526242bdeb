#include "proxy/session/own_host.hpp"

#include "proxy/net/address.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>

namespace whogoes::session {
namespace {

std::string_view without_port(std::string_view host) {
    if (host.starts_with('[')) {
        const std::size_t end = host.find(']');
        return end == std::string_view::npos ? std::string_view{} : host.substr(1, end - 1);
    }
    return host.substr(0, host.find(':'));
}

}  // namespace

bool is_own_host(const Settings& settings, std::string_view host) {
    const std::string_view name = without_port(host);
    if (!net::literal_endpoints(name, 0).empty()) return true;
    return std::any_of(settings.host_names.begin(), settings.host_names.end(),
                       [&](const std::string& own) { return boost::beast::iequals(own, name); });
}

}  // namespace whogoes::session
