#include "proxy/settings/own_host.hpp"

#include "proxy/http/forwarding.hpp"
#include "proxy/http/octets.hpp"
#include "proxy/net/address.hpp"
#include "proxy/net/peers.hpp"

#include <algorithm>

namespace whogoes::settings {
namespace {

std::string_view name_in(std::string_view host) {
    if (host.starts_with('[')) {
        const std::size_t end = host.find(']');
        return end == std::string_view::npos ? std::string_view{} : host.substr(1, end - 1);
    }
    return host.substr(0, host.find(':'));
}

bool is_configured(const Settings& settings, std::string_view name) {
    return std::any_of(settings.host_names.begin(), settings.host_names.end(),
                       [&](const std::string& own) { return http::same_word(own, name); });
}

// RFC 6761, 6.3: localhost and every name below it are loopback.
bool is_loopback(std::string_view name) {
    constexpr std::string_view below = ".localhost";
    if (http::same_word(name, "localhost")) return true;
    if (name.size() > below.size() &&
        http::same_word(name.substr(name.size() - below.size()), below))
        return true;
    const std::optional<net::Peer> address = net::parse_peer(name);
    return address && address->loopback();
}

}  // namespace

bool is_own_host(const Settings& settings, std::string_view host) {
    const std::string_view name = name_in(host);
    return !net::literal_endpoints(name, 0).empty() || is_configured(settings, name);
}

bool is_near_origin(const Settings& settings, std::string_view origin) {
    const std::size_t at = origin.find("://");
    if (at == std::string_view::npos) return false;  // "null": a sandbox, a file
    const std::string_view authority = origin.substr(at + 3);
    // Nothing but a host and a port: what a browser writes has no more in it (RFC 6454, 6.2).
    const std::string_view port = http::port_of(authority);
    if (http::without_port(authority).size() != authority.size() && !http::is_digits(port))
        return false;
    const std::string_view name = name_in(authority);
    return is_loopback(name) || is_configured(settings, name);
}

std::string_view why_not_trusted(const Settings& settings, const http::RequestHead& head) {
    const std::string_view host = head.value(http::FieldName::host);
    if (!host.empty() && !is_own_host(settings, host)) return "host";
    if (http::same_word(head.value_named("Sec-Fetch-Site"), "cross-site")) return "cross-site";
    const int origins = head.count(http::FieldName::origin);
    if (origins == 0) return {};
    const bool near = origins == 1 && is_near_origin(settings, head.value(http::FieldName::origin));
    return near ? std::string_view() : "cross-site";
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

}  // namespace whogoes::settings
