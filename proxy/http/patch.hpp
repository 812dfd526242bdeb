#pragma once

#include "proxy/http/edits.hpp"
#include "proxy/http/head.hpp"

#include <array>
#include <string>
#include <string_view>

// What a proxy changes in a head that it passes on (RFC 9110, 7.6): decided as Edits, and done for
// HTTP/1.1 in place: lines are cut with memmove, ours are collected in a string that goes out
// before the empty line. Nothing else of the head moves.
namespace whogoes::http {

enum class ForwardedStyle : std::uint8_t { x_forwarded, forwarded, both, off };

struct RequestPatch {
    std::string_view client_address;  // of the peer, without port
    std::string_view client_scheme;   // "http" or "https", as the client dialled
    std::string_view client_host;     // the same of host[:port]; empty: what Host or target say
    bool trusted = false;             // what the peer says of the way here is kept, and added to
    std::string_view host;            // the Host to send; empty: pass the client's own
    std::string_view default_host;    // sent where an HTTP/1.0 client gave none
    std::string_view via;             // "1.1 whogoes-1a2b3c4d"
    ForwardedStyle forwarded = ForwardedStyle::x_forwarded;
    std::string_view authorization;  // a replay's new Authorization value; empty: keep
    bool keep_upgrade = true;        // Connection: upgrade and Upgrade go through
    std::string_view lines;          // further whole lines to add, each with its CRLF
};

// What of a request head is cut and what is added, without a change to it. `added` is overwritten
// with whole lines and what the result refers to; the fields must not have moved.
Edits edit_request(const RequestHead& head, const RequestPatch&, std::string& added);

// Cuts hop-by-hop fields and what Connection nominates (never Host, Content-Length, Authorization,
// Cache-Control and their like), the forwarding fields that we append to or that a stranger sent,
// and an absolute target's scheme and authority; adds ours. `bytes` is the head's mutable memory;
// `scratch` is overwritten. `head` is void afterwards, but that its method, target (in absolute
// form: its path) and framing facts stay readable: whoever needs the fields later patches a copy. A
// request is sent as HTTP/1.1 whatever it came as, unless there is no Host to send.
PatchedHead patch_request(const RequestHead& head, char* bytes, const RequestPatch&,
                          std::string& scratch);

struct ResponsePatch {
    bool close = false;           // announce Connection: close
    bool keep_alive_1_0 = false;  // announce Connection: keep-alive to an HTTP/1.0 client
    bool drop_chunked = false;    // to an HTTP/1.0 client: the body goes out without framing
    bool keep_upgrade = false;    // a 101: Connection and Upgrade go through
    std::string_view lines;       // whole lines to add, each with its CRLF
    std::string_view date;        // added where the answer has none (RFC 9110, 6.6.1)
    bool replace_expose_headers = false;  // Access-Control-Expose-Headers is in `lines`
    std::string_view status_line;         // in place of the answer's own, with its CRLF
    std::string_view cut;                 // further names to cut, comma-separated, lower case
};

Edits edit_response(const ResponseHead& head, const ResponsePatch&, std::string& added);

// The same for an answer.
PatchedHead patch_response(const ResponseHead& head, char* bytes, const ResponsePatch&,
                           std::string& scratch);

}  // namespace whogoes::http
