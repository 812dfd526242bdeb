#include "proxy/http/field_line.hpp"
#include "proxy/http/forwarding.hpp"
#include "proxy/http/hop_by_hop.hpp"
#include "proxy/http/octets.hpp"
#include "proxy/http/patch.hpp"

#include <algorithm>
#include <cstring>

namespace whogoes::http {
namespace {

bool uses_x_forwarded(ForwardedStyle style) {
    return style == ForwardedStyle::x_forwarded || style == ForwardedStyle::both;
}

bool uses_forwarded(ForwardedStyle style) {
    return style == ForwardedStyle::forwarded || style == ForwardedStyle::both;
}

bool keeps_upgrade(const RequestHead& head, const RequestPatch& patch) {
    return patch.keep_upgrade && head.upgrade;
}

// The Host to add; empty: the client's own stays, or there is none to be had.
std::string_view added_host(const RequestHead& head, const RequestPatch& patch) {
    if (!patch.host.empty()) return patch.host;
    if (head.find(FieldName::host)) return {};
    return head.absolute_form ? asked_authority(head) : patch.default_host;
}

std::string_view dialled_host(const RequestHead& head, const RequestPatch& patch) {
    return patch.client_host.empty() ? asked_authority(head) : patch.client_host;
}

bool says(const Head& head, FieldName field) {
    return std::any_of(head.fields.begin(), head.fields.end(), [&](const FieldLine& line) {
        return line.name == field && line.value_begin != line.value_end;
    });
}

// Nobody who may be believed names anything else: such a word was passed on from further away.
bool says_scheme(const Head& head) {
    bool said = false, known = true;
    for (const FieldLine& line : head.fields) {
        if (line.name != FieldName::x_forwarded_proto) continue;
        each_element(head.value_of(line), [&](std::string_view word) {
            said = true;
            known = known && (same_word(word, "http") || same_word(word, "https") ||
                              same_word(word, "ws") || same_word(word, "wss"));
        });
    }
    return said && known;
}

void append_line(std::string& lines, std::string_view name, std::string_view value) {
    append_field(lines, name, value);
}

// One line with the peer's own elements first, as RFC 9110, 5.3 lets lines be joined.
void append_joined(std::string& lines, const Head& head, bool trusted, FieldName field,
                   std::string_view name, std::string_view element) {
    if (element.empty()) return;
    std::string all;
    for (const FieldLine& line : head.fields) {
        if (!trusted || line.name != field || line.value_begin == line.value_end) continue;
        all += head.value_of(line);
        all += ", ";
    }
    all += element;
    append_field(lines, name, all);
}

bool is_ip_address(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'f') || c == ':' || c == '.';
    });
}

// Frameworks compare these whole, so nothing is ever joined: the peer's word, or ours.
void append_instead(std::string& lines, const RequestHead& head, bool trusted, FieldName field,
                    std::string_view name, std::string_view value) {
    if (value.empty() || (trusted && says(head, field))) return;
    append_line(lines, name, value);
}

std::string_view dialled_port(const RequestPatch& patch, std::string_view host) {
    const std::string_view port = port_of(host);
    if (!port.empty()) return port;
    return patch.client_scheme == "https" ? "443" : "80";
}

// Whether the elements that came tell the client's scheme and host already.
bool tells_the_client(const RequestHead& head, const RequestPatch& patch) {
    if (!patch.trusted || !says(head, FieldName::forwarded)) return false;
    const Told before = told(head, ForwardedStyle::forwarded);
    return !before.scheme.empty() || !before.host.empty();
}

// A Forwarded value is a token or a quoted string (RFC 7239, 4); an IPv6 address is bracketed.
std::string forwarded_element(const RequestHead& head, const RequestPatch& patch,
                              std::string_view host) {
    std::string element = "for=";
    if (!is_ip_address(patch.client_address))
        element += "unknown";
    else if (patch.client_address.find(':') != std::string_view::npos)
        element.append("\"[").append(patch.client_address).append("]\"");
    else
        element += patch.client_address;
    if (tells_the_client(head, patch)) return element;
    if (!host.empty()) {
        const std::string_view quote = is_token(host) ? "" : "\"";
        element.append(";host=").append(quote).append(host).append(quote);
    }
    if (is_token(patch.client_scheme)) element.append(";proto=").append(patch.client_scheme);
    return element;
}

void append_forwarded(std::string& lines, const RequestHead& head, const RequestPatch& patch) {
    const std::string_view host = dialled_host(head, patch);
    const bool trusted = patch.trusted;
    if (uses_x_forwarded(patch.forwarded)) {
        append_joined(lines, head, trusted, FieldName::x_forwarded_for, "X-Forwarded-For",
                      patch.client_address);
        if (!trusted || !says_scheme(head))
            append_line(lines, "X-Forwarded-Proto", patch.client_scheme);
        append_instead(lines, head, trusted, FieldName::x_forwarded_host, "X-Forwarded-Host", host);
        // Nobody misses it where it is the default; a stranger's is replaced.
        if (!trusted && head.find(FieldName::x_forwarded_port))
            append_line(lines, "X-Forwarded-Port", dialled_port(patch, host));
    }
    if (uses_forwarded(patch.forwarded))
        append_joined(lines, head, trusted, FieldName::forwarded, "Forwarded",
                      forwarded_element(head, patch, host));
}

NameSet names_to_cut(const RequestHead& head, const RequestPatch& patch) {
    using enum FieldName;
    NameSet names = hop_by_hop_names();
    names.add(upgrade, !keeps_upgrade(head, patch));
    names.add(host, !patch.host.empty());
    names.add(authorization, !patch.authorization.empty());
    // RFC 9110, 10.1.1: an HTTP/1.0 client waits for no 100; what we send is HTTP/1.1.
    names.add(expect, head.minor_version == 0);
    names.add(trailer, head.framing != Framing::chunked);
    // What a stranger says of the way here goes, whichever style we write.
    const bool strange = !patch.trusted && patch.forwarded != ForwardedStyle::off;
    const bool x_forwarded = uses_x_forwarded(patch.forwarded);
    names.add(x_forwarded_for, strange || (x_forwarded && !patch.client_address.empty()));
    names.add(x_forwarded_proto, strange || (x_forwarded && !says_scheme(head)));
    names.add(x_forwarded_host, strange || (x_forwarded && !says(head, x_forwarded_host)));
    names.add(x_forwarded_port, strange);
    names.add(FieldName::forwarded, strange || uses_forwarded(patch.forwarded));
    return names;
}

// RFC 9110, 7.6.2: one less on its way on. Zero never comes here: the parser refuses it.
void decrement_max_forwards(const RequestHead& head, char* bytes) {
    const FieldLine* line = head.find(FieldName::max_forwards);
    if (!line || !(head.is_options || head.method() == "TRACE")) return;
    if (!is_digits(head.value_of(*line))) return;
    std::size_t at = line->value_end - 1;
    while (bytes[at] == '0') bytes[at--] = '9';
    --bytes[at];
    // "10" became "09": white space before a value is none of it.
    if (bytes[at] == '0' && at == line->value_begin && line->value_end - at > 1) bytes[at] = ' ';
}

// Moves the method up to the path, over the scheme and the authority. Gives the new first octet.
std::size_t make_origin_form(const RequestHead& head, char* bytes) {
    std::size_t path = head.path_begin;
    if (path == head.target_end || bytes[path] == '?') {
        // RFC 9112, 3.2.1 and 3.2.4: an empty path is "/", or "*" for OPTIONS without a query.
        const bool server_wide = head.is_options && path == head.target_end;
        bytes[--path] = server_wide ? '*' : '/';
    }
    const std::size_t begin = path - head.target_begin;
    std::memmove(bytes + begin, bytes, head.target_begin);
    return begin;
}

}  // namespace

Edits edit_request(const RequestHead& head, const RequestPatch& patch, std::string& added) {
    Edits edits;
    edits.nominated = nominations(head);
    edits.names = names_to_cut(head, patch);
    edits.cuts_aliases = patch.forwarded != ForwardedStyle::off;
    edits.cuts_lesser = edits.cuts_aliases && !patch.trusted;
    const std::string_view host = added_host(head, patch);
    added.clear();
    if (!host.empty()) append_field(added, "Host", host);
    if (!patch.authorization.empty()) append_field(added, "Authorization", patch.authorization);
    append_forwarded(added, head, patch);
    if (!patch.via.empty()) append_field(added, "Via", patch.via);
    if (keeps_upgrade(head, patch)) append_field(added, "Connection", "Upgrade");
    added += patch.lines;
    return edits;
}

PatchedHead patch_request(const RequestHead& head, char* bytes, const RequestPatch& patch,
                          std::string& scratch) {
    // All that is read from the fields is read before the first of them moves.
    const Edits edits = edit_request(head, patch, scratch);
    const bool has_host = !added_host(head, patch).empty() || head.find(FieldName::host);
    scratch += "\r\n";
    decrement_max_forwards(head, bytes);
    if (head.minor_version == 0 && has_host) bytes[head.line_end - 3] = '1';
    const std::size_t begin = head.absolute_form ? make_origin_form(head, bytes) : 0;
    return apply_edits(head, bytes, begin, edits, scratch);
}

}  // namespace whogoes::http
