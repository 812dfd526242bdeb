#pragma once

#include <string>
#include <string_view>

namespace whogoes::http {

// An answer of the proxy's own (4xx or 5xx), so marked that nobody takes it for the API's: JSON
// {"error","message","status","source":"whogoes"}, or a small HTML page where `accept` prefers it.
// `message` may hold text of a peer's; it is escaped for either form.
struct OwnReply {
    int status = 502;
    std::string_view message;  // cause and cure in one or two sentences
    std::string_view accept;   // the request's Accept
    bool head_only = false;    // the request was HEAD
    bool close = true;         // Connection: close
    std::string_view allow;    // Allow, with 405
    std::string_view lines;    // further whole lines, each with its CRLF
};

// Head and body in one string, ready to be written.
std::string render(const OwnReply&, std::string_view http_date);

std::string_view reason_phrase(int status) noexcept;

// Whether Accept prefers text/html to JSON by its q values (RFC 9110, 12.5.1).
bool prefers_html(std::string_view accept) noexcept;

}  // namespace whogoes::http
