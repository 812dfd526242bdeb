#include "proxy/app/address.hpp"

#include "proxy/app/units.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <optional>

namespace whogoes::app {
namespace {

using Text = std::string_view;
using Listen = rules::Result<ListenAddress, std::string>;
using Upstream = rules::Result<upstream::Target, std::string>;

template <class Result>
Result refused(std::string words) {
    return Result(boost::system::in_place_error, std::move(words));
}

std::string in_quotes(Text text) { return "\"" + std::string(text.substr(0, 120)) + "\""; }

std::optional<std::uint16_t> parse_port(Text text) {
    const auto number = parse_count(text);
    if (!number || *number > 65535 || text.size() > 5) return std::nullopt;
    return static_cast<std::uint16_t>(*number);
}

struct HostPort {
    std::string host;
    Text port;
    bool bracketed = false;
};

// Splits "host:port", "[v6]:port", "host"; empty where the brackets do not match.
std::optional<HostPort> split_host_port(Text text) {
    if (text.starts_with('[')) {
        const auto close = text.find(']');
        if (close == Text::npos) return std::nullopt;
        const Text rest = text.substr(close + 1);
        if (!rest.empty() && !rest.starts_with(':')) return std::nullopt;
        return HostPort{std::string(text.substr(1, close - 1)),
                        rest.empty() ? Text() : rest.substr(1), true};
    }
    const auto colon = text.find(':');
    if (colon == Text::npos) return HostPort{std::string(text), {}, false};
    if (text.find(':', colon + 1) != Text::npos) return std::nullopt;
    return HostPort{std::string(text.substr(0, colon)), text.substr(colon + 1), false};
}

bool host_name(Text name) {
    return !name.empty() && name.size() <= 253 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '.' || c == '_';
    });
}

// sun_path holds 108 octets with its NUL.
std::optional<std::string> socket_path_flaw(Text path) {
    if (path.empty()) return "names no socket: write unix:/path/to/socket";
    if (path.size() > 107) return "is a socket path over 107 bytes: use a shorter one";
    return std::nullopt;
}

std::string bracketed(const std::string& host) {
    return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

std::optional<std::string> host_flaw(const HostPort& parts, Text whole) {
    boost::system::error_code error;
    if (parts.bracketed) {
        boost::asio::ip::make_address_v6(parts.host, error);
        if (error) return "has no IPv6 address between the brackets: " + in_quotes(whole);
        return std::nullopt;
    }
    if (!host_name(parts.host))
        return in_quotes(whole) + " names no host: write http://localhost:3000";
    return std::nullopt;
}

// "foo": as likely a forgotten value as the name of a host.
bool is_bare_word(Text text) {
    return text.find_first_of(".:/[") == Text::npos && lower_case(text) != "localhost";
}

Upstream parse_unix_upstream(Text text) {
    upstream::Target target;
    target.unix_path = text.substr(text.starts_with("unix://") ? 7 : 5);
    if (auto flaw = socket_path_flaw(target.unix_path)) return refused<Upstream>(*flaw);
    target.origin = "unix:" + target.unix_path;
    target.authority = "localhost";
    return target;
}

bool take_scheme(Text scheme, upstream::Target& target) {
    target.tls = scheme == "https";
    if (scheme == "h2c") target.protocol = upstream::Protocol::http_2;
    return scheme == "http" || scheme == "https" || scheme == "h2c";
}

Upstream refuse_scheme(Text scheme) {
    if (scheme == "ws" || scheme == "wss")
        return refused<Upstream>("starts with " + std::string(scheme) + "://: write http" +
                                 (scheme == "wss" ? "s" : "") +
                                 "://, WebSocket upgrades pass through it");
    return refused<Upstream>(
        in_quotes(scheme) +
        " is no scheme that whogoes speaks: write http://, https://, h2c:// or unix:/path");
}

}  // namespace

ListenAddress ListenAddress::callable() const {
    ListenAddress called = *this;
    if (called.host == "0.0.0.0") called.host = "127.0.0.1";
    if (called.host == "::") called.host = "::1";
    return called;
}

std::string ListenAddress::text() const {
    if (!unix_path.empty()) return "unix:" + unix_path;
    return bracketed(host) + ":" + std::to_string(port);
}

bool ListenAddress::loopback() const {
    if (!unix_path.empty()) return true;
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(host, error);
    return !error && address.is_loopback();
}

Listen parse_listen(Text text) {
    ListenAddress listen;
    if (text.starts_with("unix:")) {
        listen.unix_path = text.substr(5);
        if (auto flaw = socket_path_flaw(listen.unix_path)) return refused<Listen>(*flaw);
        return listen;
    }
    if (text.find("://") != Text::npos)
        return refused<Listen>(in_quotes(text) +
                               " is a URL: write host:port, and `tls:` for HTTPS");
    const auto parts = split_host_port(text);
    if (!parts) {
        boost::system::error_code error;
        boost::asio::ip::make_address_v6(std::string(text), error);
        return refused<Listen>(
            in_quotes(text) +
            (error ? " is no address: write 127.0.0.1:8401, [::1]:8401 or unix:/path"
                   : " has no port, or no brackets: write [::1]:8401"));
    }
    if (parts->port.empty())
        return refused<Listen>(in_quotes(text) + " has no port: write " +
                               (parse_port(text) ? "127.0.0.1:" + std::string(text)
                                                 : bracketed(parts->host) + ":8401"));
    const auto port = parse_port(parts->port);
    if (!port)
        return refused<Listen>(in_quotes(parts->port) +
                               " is no port: write a number from 0 to 65535");
    listen.port = *port;
    if (parts->host.empty() || lower_case(parts->host) == "localhost") {
        listen.host = "127.0.0.1";
        return listen;
    }
    if (parts->host == "*") {
        listen.host = "0.0.0.0";
        return listen;
    }
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(parts->host, error);
    if (error || parts->bracketed != address.is_v6())
        return refused<Listen>(
            in_quotes(parts->host) +
            " is no IP address: listen on an address of this machine, 0.0.0.0 for all of them");
    listen.host = address.to_string();
    return listen;
}

Upstream parse_upstream(Text text) {
    upstream::Target target;
    if (text.empty()) return refused<Upstream>("is empty: write http://localhost:3000");
    if (text.starts_with("unix:")) return parse_unix_upstream(text);
    Text rest = text;
    if (const auto scheme_end = text.find("://"); scheme_end != Text::npos) {
        const std::string scheme = lower_case(text.substr(0, scheme_end));
        if (!take_scheme(scheme, target)) return refuse_scheme(scheme);
        rest = text.substr(scheme_end + 3);
    }
    const auto authority_end = std::min(rest.find_first_of("/?#"), rest.size());
    if (const Text tail = rest.substr(authority_end); !tail.empty() && tail != "/")
        return refused<Upstream>(
            "has " + in_quotes(tail) +
            " behind the host: requests keep the client's own path, so write only scheme, host "
            "and port");
    rest = rest.substr(0, authority_end);
    // Not quoted back: what stands before "@" is a password.
    if (rest.find('@') != Text::npos)
        return refused<Upstream>(
            "has a user name or a password in it: leave them out, the client's own credentials "
            "go through");
    auto parts = split_host_port(rest);
    if (!parts)
        return refused<Upstream>(in_quotes(rest) +
                                 " is no host and port: write localhost:3000 or [::1]:3000");
    if (rest.empty())  // as of a variable that was not set
        return refused<Upstream>(in_quotes(text) + " names no host: write http://localhost:3000");
    if (parts->host.empty()) parts->host = "localhost";
    if (!parts->bracketed && text.find("://") == Text::npos && rest.find(':') == Text::npos &&
        parse_count(rest))
        return refused<Upstream>(in_quotes(rest) +
                                 " is a bare number: write :" + std::string(rest.substr(0, 5)));
    if (auto flaw = host_flaw(*parts, rest)) return refused<Upstream>(*flaw);
    if (is_bare_word(text))
        return refused<Upstream>(in_quotes(text) + " may be a host or a slip: write http://" +
                                 std::string(text.substr(0, 120)) +
                                 " for a host of that name, :3000 for a port of this machine");

    target.host = lower_case(parts->host);
    const std::uint16_t standard = target.tls ? 443 : 80;
    target.port = standard;
    if (rest.ends_with(':'))
        return refused<Upstream>(in_quotes(rest) + " has no port behind the colon");
    if (!parts->port.empty()) {
        const auto port = parse_port(parts->port);
        if (!port || *port == 0)
            return refused<Upstream>(in_quotes(parts->port) +
                                     " is no port: write a number from 1 to 65535");
        target.port = *port;
    }
    target.authority = bracketed(target.host);
    if (target.port != standard) target.authority += ":" + std::to_string(target.port);
    const bool prior_knowledge = target.protocol == upstream::Protocol::http_2;
    target.origin = (target.tls        ? "https://"
                     : prior_knowledge ? "h2c://"
                                       : "http://") +
                    target.authority;
    return target;
}

}  // namespace whogoes::app
