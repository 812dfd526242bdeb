#include "proxy/http/head_parser.hpp"
#include "proxy/http/octets.hpp"

#include <cstdint>
#include <limits>

namespace whogoes::http {
namespace {

constexpr Flaw both_framings{400, "Transfer-Encoding beside Content-Length; send one of them",
                             "RFC 9112, 6.1"};
constexpr Flaw chunked_in_1_0{400, "Transfer-Encoding in an HTTP/1.0 message; HTTP/1.0 has none",
                              "RFC 9112, 6.1"};
constexpr Flaw two_encodings{400, "two Transfer-Encoding fields; send one", "RFC 9112, 6.1"};
constexpr Flaw unclear_encoding{
    400, "a Transfer-Encoding that does not end in one chunked: where the body ends is unclear",
    "RFC 9112, 6.3"};
constexpr Flaw unknown_encoding{501, "a Transfer-Encoding other than chunked; send chunked alone",
                                "RFC 9112, 6.1"};
constexpr Flaw two_lengths{400, "two Content-Length fields; send one", "RFC 9112, 6.3"};
constexpr Flaw bad_length{400, "Content-Length is not one plain number below 2^63",
                          "RFC 9110, 8.6"};
constexpr Flaw disguised_name{
    400, "a field name that some servers read as Transfer-Encoding or Content-Length",
    "RFC 9112, 11.2"};
constexpr Flaw no_host{400, "no Host field; HTTP/1.1 asks for exactly one", "RFC 9112, 3.2"};
constexpr Flaw two_hosts{400, "two Host fields; HTTP/1.1 asks for exactly one", "RFC 9112, 3.2"};

Flaw encoding_flaw(std::string_view value) {
    // 501 where it is only that we do not know the coding, as RFC 9112, 6.1 wants it.
    bool words = true;
    bool chunked = false;
    bool chunked_last = false;
    each_element(value, [&](std::string_view coding) {
        chunked_last = !chunked && same_word(coding, "chunked");
        chunked = chunked || chunked_last;
        words = words && is_token(coding);
    });
    return words && !value.empty() && chunked == chunked_last ? unknown_encoding : unclear_encoding;
}

// Whether `name` is `plain` once what some servers drop or take for a hyphen is dropped or taken
// so. The two readings of "_" are tried apart.
bool disguises(std::string_view name, std::string_view plain, bool underscore_is_hyphen) {
    std::size_t at = 0;
    for (char c : name) {
        if (c == '_' && underscore_is_hyphen) c = '-';
        c = lower(c);
        if (!(c >= 'a' && c <= 'z') && !is_digit(c) && c != '-') continue;
        if (at == plain.size() || c != plain[at]) return false;
        ++at;
    }
    return at == plain.size();
}

bool is_disguised(std::string_view name) {
    for (const std::string_view plain : {"content-length", "transfer-encoding"}) {
        if (name.size() < plain.size()) return false;
        if (disguises(name, plain, true) || disguises(name, plain, false)) return true;
    }
    return false;
}

bool is_length(std::string_view value) {
    // 19 digits hold 2^63-1; more would be leading zeros, which recipients cut differently.
    constexpr std::size_t digits = 19;
    if (!is_digits(value) || value.size() > digits) return false;
    std::uint64_t length = 0;
    for (const char c : value) length = length * 10 + static_cast<std::uint64_t>(c - '0');
    return length <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
}

}  // namespace

std::optional<Flaw> length_flaw(const Head& head) {
    const FieldLine* encoding = nullptr;
    const FieldLine* length = nullptr;
    for (const FieldLine& line : head.fields) {
        if (line.name == FieldName::transfer_encoding) {
            if (encoding) return two_encodings;
            encoding = &line;
        } else if (line.name == FieldName::content_length) {
            if (length) return two_lengths;
            length = &line;
        } else if (line.name == FieldName::other && is_disguised(head.name_of(line))) {
            return disguised_name;
        }
    }
    if (encoding) {
        if (length) return both_framings;
        if (head.minor_version == 0) return chunked_in_1_0;
        const std::string_view value = head.value_of(*encoding);
        if (!same_word(value, "chunked")) return encoding_flaw(value);
    }
    if (length && !is_length(head.value_of(*length))) return bad_length;
    return std::nullopt;
}

std::optional<Flaw> read_framing(Head& head) {
    if (const std::optional<Flaw> flaw = length_flaw(head)) return flaw;
    if (head.find(FieldName::transfer_encoding)) {
        head.framing = Framing::chunked;
        return std::nullopt;
    }
    for (const char c : head.value(FieldName::content_length))
        head.content_length = head.content_length * 10 + static_cast<std::uint64_t>(c - '0');
    head.framing = head.content_length > 0 ? Framing::length : Framing::none;
    return std::nullopt;
}

std::optional<Flaw> framing_flaw(const RequestHead& head) {
    if (const std::optional<Flaw> flaw = length_flaw(head)) return flaw;
    const int hosts = head.count(FieldName::host);
    if (hosts > 1) return two_hosts;
    if (hosts == 0 && head.minor_version == 1) return no_host;
    return std::nullopt;
}

}  // namespace whogoes::http
