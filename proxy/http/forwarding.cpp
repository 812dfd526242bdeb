#include "proxy/http/forwarding.hpp"

#include "proxy/http/octets.hpp"
#include "proxy/http/target.hpp"

#include <algorithm>

namespace whogoes::http {
namespace {

bool is_port(std::string_view digits) noexcept {
    constexpr std::size_t most_digits = 5;
    if (!is_digits(digits) || digits.size() > most_digits) return false;
    int port = 0;
    for (const char digit : digits) port = port * 10 + (digit - '0');
    return port > 0 && port <= 65535;
}

// Load balancers name a WebSocket's scheme, too.
std::string_view scheme_of(std::string_view word) noexcept {
    if (same_word(word, "https") || same_word(word, "wss")) return "https";
    if (same_word(word, "http") || same_word(word, "ws")) return "http";
    return {};
}

// "192.0.2.7:4711" and "[2001:db8::1]:4711" as some balancers write it, and the plain forms.
std::string_view address_of(std::string_view element) noexcept {
    if (element.starts_with('[')) {
        const std::size_t end = element.find(']');
        return end == std::string_view::npos ? element : element.substr(1, end - 1);
    }
    const bool one_colon = std::count(element.begin(), element.end(), ':') == 1;
    return one_colon ? element.substr(0, element.find(':')) : element;
}

// The client's side of a list comes first.
std::string_view first_of(std::string_view list) noexcept {
    return trimmed(list.substr(0, list.find(',')));
}

void read_x_forwarded(const RequestHead& head, Told& told) {
    for (const FieldLine& line : head.fields) {
        const std::string_view value = head.value_of(line);
        switch (line.name) {
            case FieldName::x_forwarded_for:
                each_element(value, [&](std::string_view element) {
                    told.chain.push_back(address_of(element));
                });
                break;
            case FieldName::x_forwarded_proto:
                if (told.scheme.empty()) told.scheme = scheme_of(first_of(value));
                break;
            case FieldName::x_forwarded_host:
                if (told.host.empty() && is_authority(first_of(value))) told.host = first_of(value);
                break;
            case FieldName::x_forwarded_port:
                if (told.port.empty() && is_port(first_of(value))) told.port = first_of(value);
                break;
            default:
                break;
        }
    }
}

// Takes the front of `text` up to a separator that stands outside of quotes, and the separator.
std::string_view take_until(std::string_view& text, char separator) noexcept {
    bool quoted = false;
    std::size_t end = 0;
    for (; end < text.size() && (quoted || text[end] != separator); ++end) {
        if (text[end] == '"') quoted = !quoted;
        if (quoted && text[end] == '\\') ++end;
    }
    end = std::min(end, text.size());
    const std::string_view taken = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    return taken;
}

// No address, host or scheme holds what would need a backslash.
std::string_view unquoted(std::string_view value) noexcept {
    if (value.size() < 2 || value.front() != '"' || value.back() != '"') return value;
    return value.substr(1, value.size() - 2);
}

void read_pair(std::string_view pair, Told& told) {
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) return;
    const std::string_view name = trimmed(pair.substr(0, equals));
    const std::string_view value = unquoted(trimmed(pair.substr(equals + 1)));
    if (same_word(name, "for")) told.chain.push_back(address_of(value));
    if (same_word(name, "proto") && told.scheme.empty()) told.scheme = scheme_of(value);
    if (same_word(name, "host") && told.host.empty() && is_authority(value)) told.host = value;
}

void read_forwarded(const RequestHead& head, Told& told) {
    for (const FieldLine& line : head.fields) {
        if (line.name != FieldName::forwarded) continue;
        std::string_view list = head.value_of(line);
        while (!list.empty()) {
            std::string_view element = take_until(list, ',');
            while (!element.empty()) read_pair(take_until(element, ';'), told);
        }
    }
}

// CGI and its heirs (WSGI, Rack, PHP) make one variable of a name's "-", "_" and ".".
bool reads_as(std::string_view name, std::string_view known) noexcept {
    return std::equal(name.begin(), name.end(), known.begin(), known.end(),
                      [](char given, char wanted) {
                          const bool dash = given == '_' || given == '.';
                          return (dash ? '-' : lower(given)) == wanted;
                      });
}

bool has_x_forwarded(const RequestHead& head) noexcept {
    return head.find(FieldName::x_forwarded_for) || head.find(FieldName::x_forwarded_proto) ||
           head.find(FieldName::x_forwarded_host) || head.find(FieldName::x_forwarded_port);
}

}  // namespace

Told told(const RequestHead& head, ForwardedStyle style) {
    Told told;
    if (style == ForwardedStyle::x_forwarded ||
        (style == ForwardedStyle::both && has_x_forwarded(head)))
        read_x_forwarded(head, told);
    else if (style != ForwardedStyle::off)
        read_forwarded(head, told);
    return told;
}

bool tells_of_forwarding(const RequestHead& head) noexcept {
    return std::any_of(head.fields.begin(), head.fields.end(), [](const FieldLine& line) {
        return line.name == FieldName::forwarded || line.name == FieldName::x_forwarded_for ||
               line.name == FieldName::x_forwarded_host ||
               line.name == FieldName::x_forwarded_port ||
               line.name == FieldName::x_forwarded_proto;
    });
}

bool is_forwarding_alias(std::string_view name) noexcept {
    constexpr std::string_view names[] = {"x-forwarded-for", "x-forwarded-host", "x-forwarded-port",
                                          "x-forwarded-proto"};
    if (name.empty() || lower(name.front()) != 'x') return false;
    return std::any_of(std::begin(names), std::end(names), [&](std::string_view known) {
        return !same_word(name, known) && reads_as(name, known);
    });
}

bool is_lesser_forwarding_field(std::string_view name) noexcept {
    constexpr std::string_view names[] = {"x-forwarded-ssl", "x-forwarded-scheme",
                                          "x-forwarded-server", "x-forwarded-prefix"};
    if (name.empty() || lower(name.front()) != 'x') return false;
    return std::any_of(std::begin(names), std::end(names),
                       [&](std::string_view known) { return reads_as(name, known); });
}

std::string_view asked_authority(const RequestHead& head) noexcept {
    if (const FieldLine* host = head.find(FieldName::host)) return head.value_of(*host);
    if (!head.absolute_form) return {};
    const std::string_view target = head.target();
    const std::size_t begin = target.find("://") + 3;
    return target.substr(begin, head.path_begin - head.target_begin - begin);
}

std::string_view port_of(std::string_view authority) noexcept {
    const std::string_view host = without_port(authority);
    return host.size() == authority.size() ? std::string_view() : authority.substr(host.size() + 1);
}

std::string_view without_port(std::string_view authority) noexcept {
    const std::size_t bracket = authority.rfind(']');
    return authority.substr(0,
                            authority.find(':', bracket == std::string_view::npos ? 0 : bracket));
}

}  // namespace whogoes::http
