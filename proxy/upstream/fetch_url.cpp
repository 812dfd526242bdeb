#include "proxy/net/address.hpp"
#include "proxy/upstream/fetch.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace whogoes::upstream {
namespace {

namespace beast = boost::beast;

bool is_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc() && end == text.data() + text.size() && port != 0;
}

}  // namespace

bool FetchUrl::loopback() const {
    const std::vector<net::Endpoint> endpoints = net::literal_endpoints(host, 0);
    return !endpoints.empty() && endpoints.front().loopback();
}

std::optional<FetchUrl> parse_fetch_url(std::string_view text) {
    FetchUrl url;
    const auto starts = [&](std::string_view scheme) {
        return text.size() > scheme.size() && beast::iequals(text.substr(0, scheme.size()), scheme);
    };
    url.tls = starts("https://");
    if (!url.tls && !starts("http://")) return std::nullopt;
    for (const char c : text)
        if (c <= ' ' || c >= 0x7f) return std::nullopt;
    text.remove_prefix(url.tls ? 8 : 7);
    text = text.substr(0, text.find('#'));
    const std::size_t end = std::min(text.find_first_of("/?"), text.size());
    url.authority = text.substr(0, end);
    url.target = text.substr(end);
    if (!url.target.starts_with('/')) url.target.insert(0, "/");
    if (url.authority.empty() || url.authority.find('@') != std::string::npos) return std::nullopt;

    const std::size_t bracket = url.authority.rfind(']');
    const std::size_t colon = url.authority.rfind(':');
    const bool has_port =
        colon != std::string::npos && (bracket == std::string::npos || colon > bracket);
    url.host = url.authority.substr(0, has_port ? colon : std::string::npos);
    url.port = has_port ? url.authority.substr(colon + 1) : (url.tls ? "443" : "80");
    if (!is_port(url.port)) return std::nullopt;
    if (url.host.starts_with('[')) {
        if (!url.host.ends_with(']')) return std::nullopt;
        url.host = url.host.substr(1, url.host.size() - 2);
    } else if (url.host.find(':') != std::string::npos) {
        return std::nullopt;
    }
    if (url.host.empty()) return std::nullopt;
    return url;
}

}  // namespace whogoes::upstream
