#include "proxy/http/target.hpp"

#include "proxy/http/octets.hpp"

#include <algorithm>

namespace whogoes::http {
namespace {

constexpr Flaw connect_refused{405, "CONNECT is for forward proxies; whogoes is a reverse proxy",
                               "RFC 9110, 9.3.6"};
constexpr Flaw bad_target_octet{
    400,
    "the request target holds a fragment, white space, a control or a non-ASCII byte; "
    "percent-encode it",
    "RFC 9112, 3.2"};
constexpr Flaw bad_target_form{
    400, "the request target is neither a path nor an http URL, or is * without OPTIONS",
    "RFC 9112, 3.2"};
constexpr Flaw bad_authority{400, "the request target's authority is no host and port",
                             "RFC 9110, 4.2"};
constexpr Flaw bad_host{400, "Host is empty, or no host and port", "RFC 9110, 7.2"};
constexpr Flaw authority_differs{421, "the request target names another host than Host does",
                                 "RFC 9110, 7.4"};

bool is_target_octet(char c) noexcept { return c > 0x20 && c < 0x7f && c != '#'; }

bool is_hex(char c) noexcept {
    const char small = lower(c);
    return is_digit(c) || (small >= 'a' && small <= 'f');
}

bool is_registered_name(std::string_view name) noexcept {
    for (std::size_t i = 0; i < name.size(); ++i) {
        const char small = lower(name[i]);
        if ((small >= 'a' && small <= 'z') || is_digit(small)) continue;
        if (small == '-' || small == '.' || small == '_' || small == '~') continue;
        if (small != '%' || i + 2 >= name.size() || !is_hex(name[i + 1]) || !is_hex(name[i + 2]))
            return false;
        i += 2;
    }
    return !name.empty();
}

bool is_ip_literal(std::string_view inside) noexcept {
    constexpr std::size_t longest_ipv6 = 45;
    return inside.size() >= 2 && inside.size() <= longest_ipv6 &&
           std::count(inside.begin(), inside.end(), ':') >= 2 &&
           std::all_of(inside.begin(), inside.end(),
                       [](char c) { return is_hex(c) || c == ':' || c == '.'; });
}

bool is_port(std::string_view digits) noexcept {
    if (digits.empty()) return true;  // RFC 3986, 3.2.3: "host:" is the default port
    constexpr std::size_t most_digits = 5;
    if (!is_digits(digits) || digits.size() > most_digits) return false;
    int port = 0;
    for (const char c : digits) port = port * 10 + (c - '0');
    return port <= 65535;
}

// The colon before the port; npos: none.
std::size_t port_colon(std::string_view authority) noexcept {
    const std::size_t bracket = authority.rfind(']');
    const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
    return colon;
}

std::string_view without_default_port(std::string_view authority, std::string_view port) noexcept {
    const std::size_t colon = port_colon(authority);
    if (colon == std::string_view::npos) return authority;
    const std::string_view digits = authority.substr(colon + 1);
    return digits.empty() || digits == port ? authority.substr(0, colon) : authority;
}

// scheme://authority[/path][?query], with a scheme that can be meant for us.
std::optional<Flaw> read_absolute_form(RequestHead& head) {
    const std::string_view target = head.target();
    const std::size_t colon = target.find("://");
    if (colon == std::string_view::npos) return bad_target_form;
    const std::string_view scheme = target.substr(0, colon);
    const bool secure = same_word(scheme, "https");
    if (!secure && !same_word(scheme, "http")) return bad_target_form;

    const std::size_t begin = colon + 3;
    const std::size_t end = std::min(target.find_first_of("/?", begin), target.size());
    const std::string_view authority = target.substr(begin, end - begin);
    if (!is_authority(authority)) return bad_authority;
    head.absolute_form = true;
    head.path_begin = head.target_begin + static_cast<std::uint32_t>(end);

    const FieldLine* host = head.find(FieldName::host);
    const std::string_view port = secure ? "443" : "80";
    if (host && !same_word(without_default_port(authority, port),
                           without_default_port(head.value_of(*host), port)))
        return authority_differs;
    return std::nullopt;
}

}  // namespace

bool is_authority(std::string_view text) noexcept {
    const std::size_t colon = port_colon(text);
    const std::string_view host = text.substr(0, colon);
    if (colon != std::string_view::npos && !is_port(text.substr(colon + 1))) return false;
    if (!host.empty() && host.front() == '[')
        return host.back() == ']' && is_ip_literal(host.substr(1, host.size() - 2));
    return is_registered_name(host);
}

std::optional<Flaw> read_target(RequestHead& head) {
    head.path_begin = head.target_begin;
    if (head.is_connect) return connect_refused;
    const std::string_view target = head.target();
    if (!std::all_of(target.begin(), target.end(), is_target_octet)) return bad_target_octet;
    const FieldLine* host = head.find(FieldName::host);
    if (host && !is_authority(head.value_of(*host))) return bad_host;
    if (target.front() == '/') return std::nullopt;
    if (target == "*") return head.is_options ? std::nullopt : std::optional(bad_target_form);
    return read_absolute_form(head);
}

}  // namespace whogoes::http
