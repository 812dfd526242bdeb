#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

// HTTP/1.1 heads in place (RFC 9112): a head is checked by Beast's basic_parser and by us, and
// noted as facts and byte ranges over the buffer that holds it. It is never rebuilt; what is sent
// on are the bytes that came. No I/O here, and nothing throws on a peer's bytes.
namespace whogoes::http {

// The fields that the proxy itself looks at; everything else is FieldName::other.
enum class FieldName : std::uint8_t {
    other,
    accept,
    access_control_allow_origin,
    access_control_expose_headers,
    access_control_other,
    access_control_request_method,
    authorization,
    cache_control,
    connection,
    content_encoding,
    content_length,
    content_type,
    cookie,
    date,
    expect,
    forwarded,
    host,
    http2_settings,
    idempotency_key,
    keep_alive,
    location,
    max_forwards,
    origin,
    prefer,
    proxy_authenticate,
    proxy_authorization,
    proxy_connection,
    retry_after,
    sec_fetch_mode,
    server_timing,
    set_cookie,
    te,
    traceparent,
    trailer,
    transfer_encoding,
    upgrade,
    user_agent,
    vary,
    via,
    www_authenticate,
    x_forwarded_for,
    x_forwarded_host,
    x_forwarded_port,
    x_forwarded_proto,
    x_request_id,
    x_responded_json,
};

FieldName field_name(std::string_view) noexcept;  // without case

// Offsets from the head's first octet, so that they hold when the buffer moves.
struct FieldLine {
    std::uint32_t begin = 0;        // first octet of the line
    std::uint32_t name_end = 0;     // the colon
    std::uint32_t value_begin = 0;  // white space around the value trimmed
    std::uint32_t value_end = 0;
    std::uint32_t end = 0;  // behind CRLF
    FieldName name = FieldName::other;
};

enum class Framing : std::uint8_t {
    none,    // no body, or one of length 0
    length,  // content_length octets, at least one
    chunked,
    until_close,  // responses only
};

// What is wrong with a head, as a status for our own answer and words that name the cure.
// Static strings: nothing of the peer's is in them.
struct Flaw {
    int status = 400;          // 400, 405, 414, 417, 421, 431, 501, 505
    std::string_view words;    // "two Content-Length fields that differ"
    std::string_view section;  // "RFC 9112, 6.3"
};

// State shared by both kinds of head. `bytes` is set again by whoever moves the buffer.
struct Head {
    std::string_view bytes;         // the whole head, from its first octet to the last CRLF CRLF
    std::vector<FieldLine> fields;  // memory is kept between messages
    int minor_version = 1;          // HTTP/1.x
    Framing framing = Framing::none;
    std::uint64_t content_length = 0;
    bool keep_alive = true;  // what this peer wants, by version and Connection
    bool upgrade = false;    // HTTP/1.1, Connection: upgrade, and an Upgrade field that
                             // names no HTTP or TLS (h2c is never passed on)
    bool nominates = false;  // Connection names further fields, which end here

    std::string_view name_of(const FieldLine& line) const {
        return bytes.substr(line.begin, line.name_end - line.begin);
    }
    std::string_view value_of(const FieldLine& line) const {
        return bytes.substr(line.value_begin, line.value_end - line.value_begin);
    }
    const FieldLine* find(FieldName) const noexcept;   // the first; null: none
    std::string_view value(FieldName) const noexcept;  // of the first; empty: none
    int count(FieldName) const noexcept;
    // By any name, without case: for what is too rare to have a FieldName. Of the first; empty:
    // none.
    std::string_view value_named(std::string_view) const noexcept;
};

struct RequestHead : Head {
    std::string_view method() const { return bytes.substr(0, method_end); }
    std::string_view target() const {
        return bytes.substr(target_begin, target_end - target_begin);
    }
    // The target without authority, and without its query.
    std::string_view path_and_query() const {
        return bytes.substr(path_begin, target_end - path_begin);
    }
    std::string_view path() const {
        const std::string_view all = path_and_query();
        return all.substr(0, all.find('?'));
    }
    // Fetch, 4.8: a browser asks for leave before it sends what it was told to.
    bool is_preflight() const noexcept {
        return is_options && find(FieldName::origin) != nullptr &&
               find(FieldName::access_control_request_method) != nullptr;
    }
    std::uint32_t method_end = 0, target_begin = 0, target_end = 0, line_end = 0;
    bool is_head = false, is_connect = false, is_options = false;
    bool expect_continue = false;  // Expect: 100-continue, HTTP/1.1, and a body to wait with
    bool absolute_form = false;    // the target is scheme://authority/…
    std::uint32_t path_begin = 0;  // in absolute form: where the path starts, else target_begin
};

struct ResponseHead : Head {
    int status = 0;
    std::uint32_t line_end = 0;  // behind the status line's CRLF
    // What stands behind the status code in these octets, which are the head's own or a copy.
    std::string_view reason_in(std::string_view octets) const;
    bool interim() const { return status >= 100 && status < 200 && status != 101; }
};

// What the sender's Keep-Alive field says of an idle connection's life (RFC 2068, 19.7.1.1); 0:
// nothing.
std::chrono::seconds keep_alive_timeout(const ResponseHead&);

struct HeadLimits {
    std::size_t octets = 64 * 1024;
    std::size_t fields = 256;
    std::size_t target = 16 * 1024;  // longer: 414
};

enum class Progress : std::uint8_t { need_more, complete, flawed };

// How far a head has got. `octets` is the head's length once complete: what follows in the buffer
// is body or the next message.
struct HeadProgress {
    Progress progress = Progress::need_more;
    std::size_t octets = 0;
    Flaw flaw;
};

// Parses the head at the start of `buffer` from its first octet (call again with more bytes when
// need_more; empty lines before a request line are skipped as RFC 9112, 2.2 allows, and count in
// octets, but not in head.bytes). `head` is reset first. Includes every check that framing safety
// asks for, CONNECT (405), Expect (417) and a Max-Forwards that ends here (405) as well.
HeadProgress parse_request_head(std::string_view buffer, const HeadLimits&, RequestHead& head);

// What was asked decides whether a body follows (RFC 9112, 6.3), and whether a 101 was asked for.
// Every flaw is a 502.
HeadProgress parse_response_head(std::string_view buffer, const HeadLimits&,
                                 const RequestHead& request, ResponseHead& head);

// The first thing that makes a request's framing ambiguous, which Beast 1.81 lets through: chunked
// in HTTP/1.0, a Transfer-Encoding that is not exactly "chunked", with Content-Length, no Host or
// two. Called by parse_request_head; apart for its tests and its fuzz target.
std::optional<Flaw> framing_flaw(const RequestHead&);

}  // namespace whogoes::http
