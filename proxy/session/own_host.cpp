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

bool is_near_origin(const Settings& settings, std::string_view origin) {
    const std::size_t at = origin.find("://");
    if (at == std::string_view::npos) return false;  // "null": a sandbox, a file
    const std::string_view name = without_port(origin.substr(at + 3));
    return upstream::is_near(std::string(name)) ||
           std::any_of(settings.host_names.begin(), settings.host_names.end(),
                       [&](const std::string& own) { return boost::beast::iequals(own, name); });
}

std::string own_origin(const Settings& settings, std::string_view scheme, std::string_view host) {
    const std::string start = std::string(scheme) + "://";
    if (is_own_host(settings, host)) return start + std::string(host);
    if (settings.host_names.empty()) return {};
    const std::size_t colon =
        host.starts_with('[') ? host.find(':', host.find(']')) : host.find(':');
    const std::string_view port = colon == std::string_view::npos ? "" : host.substr(colon);
    return start + settings.host_names.front() + std::string(port);
}

}  // namespace whogoes::session
