#include "proxy/http/head_parser.hpp"
#include "proxy/http/octets.hpp"
#include "proxy/http/target.hpp"

#include <algorithm>

namespace whogoes::http {
namespace {

// Longer than any registered method (RFC 9110, 9.1 answers an unknown long one with 501).
constexpr std::size_t longest_method = 64;
constexpr int most_empty_lines = 8;

constexpr Flaw tls_on_plain{400,
                            "a TLS handshake on a listener that speaks plain HTTP; use http://, "
                            "or configure tls",
                            "RFC 9112, 2.1"};
constexpr Flaw bad_method{400, "the request does not begin with a method", "RFC 9112, 3"};
constexpr Flaw method_too_long{501, "a method of more than 64 bytes", "RFC 9112, 3"};
constexpr Flaw bad_request_line{
    400, "the request line is not METHOD, one space, target, one space, HTTP/1.1", "RFC 9112, 3"};
constexpr Flaw http_0_9{400, "an HTTP/0.9 request; whogoes speaks HTTP/1.1 and 1.0",
                        "RFC 9112, 2.3"};
constexpr Flaw other_version{505, "whogoes speaks HTTP/1.1 and 1.0 only", "RFC 9110, 15.6.6"};
constexpr Flaw http_2_preface{
    505,
    "an HTTP/2 preface; whogoes speaks HTTP/1.1 here, so turn HTTP/2 with prior knowledge off "
    "in the client",
    "RFC 9113, 3.4"};
constexpr Flaw target_too_long{414, "the request target is longer than limits allow",
                               "RFC 9110, 15.5.15"};
constexpr Flaw head_too_long{431, "the request head is longer than limits.header", "RFC 6585, 5"};
constexpr Flaw too_many_empty_lines{400, "empty lines in place of a request", "RFC 9112, 2.2"};
constexpr Flaw bad_expectation{417, "an Expect other than 100-continue", "RFC 9110, 10.1.1"};
constexpr Flaw forwards_spent{405,
                              "Max-Forwards is 0: the request ends at this proxy, which answers "
                              "neither TRACE nor OPTIONS of its own",
                              "RFC 9110, 7.6.2"};

bool is_tls(std::string_view text) {
    return text.front() == 0x16;  // RFC 8446, 5.1: handshake
}

Flaw not_a_method(std::string_view text) { return is_tls(text) ? tls_on_plain : bad_method; }

// Refuses what no further octet can mend, before the request line has ended.
std::optional<Flaw> started_line_flaw(std::string_view line, const HeadLimits& limits) {
    const std::size_t method_end = std::min(line.find(' '), line.size());
    std::string_view method = line.substr(0, method_end);
    if (method_end == line.size() && method.back() == '\r') method.remove_suffix(1);
    if (method_end == 0 || (!method.empty() && !is_token(method))) return not_a_method(line);
    if (method_end > longest_method) return method_too_long;
    const std::string_view rest = line.substr(method_end);
    if (rest.size() > limits.target + 2 && rest.find(' ', 1) == std::string_view::npos)
        return target_too_long;
    return std::nullopt;
}

Flaw version_flaw(std::string_view version, const RequestHead& head) {
    if (version == "HTTP/2.0" && head.method() == "PRI") return http_2_preface;
    if (version == "HTTP/0.9") return http_0_9;
    const bool well_formed = version.size() == 8 && version.substr(0, 5) == "HTTP/" &&
                             is_digit(version[5]) && version[6] == '.' && is_digit(version[7]);
    return well_formed ? other_version : bad_request_line;
}

// `line` without its CRLF, at the start of head.bytes.
std::optional<Flaw> read_request_line(std::string_view line, const HeadLimits& limits,
                                      RequestHead& head) {
    if (const std::optional<Flaw> flaw = started_line_flaw(line, limits)) return flaw;
    const std::size_t method_end = line.find(' ');
    if (method_end == std::string_view::npos) return bad_request_line;
    const std::size_t target_end = line.find(' ', method_end + 1);
    if (target_end == std::string_view::npos) return http_0_9;
    if (target_end == method_end + 1) return bad_request_line;
    if (target_end - method_end - 1 > limits.target) return target_too_long;

    head.method_end = static_cast<std::uint32_t>(method_end);
    head.target_begin = head.method_end + 1;
    head.target_end = static_cast<std::uint32_t>(target_end);
    head.line_end = static_cast<std::uint32_t>(line.size() + 2);
    // Methods are case-sensitive (RFC 9110, 9.1).
    const std::string_view method = head.method();
    head.is_head = method == "HEAD";
    head.is_connect = method == "CONNECT";
    head.is_options = method == "OPTIONS";

    const std::string_view version = line.substr(target_end + 1);
    if (version == "HTTP/1.1")
        head.minor_version = 1;
    else if (version == "HTTP/1.0")
        head.minor_version = 0;
    else
        return version_flaw(version, head);
    return std::nullopt;
}

std::optional<Flaw> read_expectation(RequestHead& head) {
    // RFC 9110, 10.1.1: HTTP/1.0 has no expectations; one is ignored there.
    if (head.minor_version == 0) return std::nullopt;
    bool expected = false;
    bool known = true;
    for (const FieldLine& line : head.fields) {
        if (line.name != FieldName::expect) continue;
        each_element(head.value_of(line), [&](std::string_view expectation) {
            expected = true;
            known = known && same_word(expectation, "100-continue");
        });
    }
    if (!known) return bad_expectation;
    head.expect_continue = expected && head.framing != Framing::none;
    return std::nullopt;
}

std::optional<Flaw> max_forwards_flaw(const RequestHead& head) {
    if (!head.is_options && head.method() != "TRACE") return std::nullopt;
    const std::string_view left = head.value(FieldName::max_forwards);
    if (left.empty() || left.find_first_not_of('0') != std::string_view::npos) return std::nullopt;
    return forwards_spent;
}

// The head is there up to its empty line: head.bytes is set.
std::optional<Flaw> read_whole(std::size_t line_end, const HeadLimits& limits, RequestHead& head) {
    const std::string_view line = head.bytes.substr(0, line_end - 2);
    if (const auto flaw = read_request_line(line, limits, head)) return flaw;
    if (const auto flaw = note_request_fields(head)) return flaw;
    if (const auto flaw = framing_flaw(head)) return flaw;
    if (const auto flaw = read_framing(head)) return flaw;
    if (const auto flaw = read_connection(head)) return flaw;
    if (const auto flaw = read_target(head)) return flaw;
    if (const auto flaw = read_expectation(head)) return flaw;
    return max_forwards_flaw(head);
}

std::optional<Flaw> read_part(std::string_view text, const Lines& lines, const HeadLimits& limits,
                              RequestHead& head) {
    if (lines.first_end == 0) {
        if (const auto flaw = started_line_flaw(text, limits)) return flaw;
        if (text.size() > limits.octets) return target_too_long;
        return std::nullopt;
    }
    // An HTTP/0.9 client or a wrong version is told at once, not after its timeout.
    head.bytes = text;
    if (const auto flaw = read_request_line(text.substr(0, lines.first_end - 2), limits, head))
        return flaw;
    if (text.size() > limits.octets) return head_too_long;
    return std::nullopt;
}

}  // namespace

HeadProgress parse_request_head(std::string_view buffer, const HeadLimits& limits,
                                RequestHead& head) {
    reset(head);
    std::size_t skipped = 0;
    while (buffer.substr(skipped, 2) == "\r\n") {
        skipped += 2;
        if (skipped > 2 * most_empty_lines) return flawed(too_many_empty_lines);
    }
    const std::string_view text = buffer.substr(skipped);
    if (text.empty() || text == "\r") return {};

    const Lines lines = find_lines(text, limits);
    if (lines.flaw) return flawed(is_tls(text) ? tls_on_plain : *lines.flaw);
    if (lines.end == 0 || lines.end > limits.octets) {
        const std::optional<Flaw> flaw = read_part(text, lines, limits, head);
        reset(head);
        return flaw ? flawed(*flaw) : HeadProgress{};
    }

    head.bytes = text.substr(0, lines.end);
    if (const std::optional<Flaw> flaw = read_whole(lines.first_end, limits, head))
        return flawed(*flaw);
    HeadProgress progress;
    progress.progress = Progress::complete;
    progress.octets = skipped + lines.end;
    return progress;
}

}  // namespace whogoes::http
