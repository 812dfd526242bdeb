#include "proxy/upstream/target.hpp"

#include "proxy/net/address.hpp"

#include <boost/asio/ip/address.hpp>

#include <optional>

namespace whogoes::upstream {
namespace {

using boost::asio::ip::address;

std::optional<address> address_of(const std::string& host) {
    boost::system::error_code error;
    const address parsed = boost::asio::ip::make_address(host, error);
    if (error) return std::nullopt;
    if (parsed.is_v6() && parsed.to_v6().is_v4_mapped())
        return make_address_v4(boost::asio::ip::v4_mapped, parsed.to_v6());
    return parsed;
}

// RFC 1918 and RFC 3927; RFC 4193 and link-local for IPv6.
bool is_private(const address& a) {
    if (a.is_v4()) {
        const auto bits = a.to_v4().to_uint();
        return (bits >> 24) == 10 || (bits >> 20) == 0xac1 || (bits >> 16) == 0xc0a8 ||
               (bits >> 16) == 0xa9fe;
    }
    const auto bytes = a.to_v6().to_bytes();
    return (bytes[0] & 0xfe) == 0xfc || a.to_v6().is_link_local();
}

}  // namespace

bool Target::loopback() const {
    if (!unix_path.empty() || net::is_loopback_name(host)) return true;
    const auto parsed = address_of(host);
    return parsed && parsed->is_loopback();
}

bool Target::pass_client_host() const {
    if (host_header != HostHeader::auto_) return host_header == HostHeader::pass;
    return loopback() || is_near(host);
}

bool is_near(const std::string& host) {
    if (net::is_loopback_name(host)) return true;
    const auto parsed = address_of(host);
    return parsed && (parsed->is_loopback() || is_private(*parsed));
}

}  // namespace whogoes::upstream
