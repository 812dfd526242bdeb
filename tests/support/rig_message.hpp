#pragma once

#include "tests/support/rig_wire.hpp"

#include <string>
#include <string_view>
#include <vector>

// An HTTP/1.1 message as a test sees it, read from a wire by the plainest code that can: it does
// not judge, and takes no code from the proxy.
namespace whogoes::support {

struct Message {
    std::string head;      // through the empty line, as it came
    std::string raw_body;  // with its chunks
    std::string body;      // without
    std::string trailers;  // field lines behind the last chunk

    std::string start_line() const;
    int status() const;          // of a reply
    std::string method() const;  // of a request
    std::string target() const;
    bool has(std::string_view name) const { return !fields(name).empty(); }
    std::string field(std::string_view name) const;  // of the first; empty: none
    std::vector<std::string> fields(std::string_view name) const;
    std::string whole() const { return head + raw_body; }
};

Message read_head(Wire&);
void read_request_body(Wire&, Message&);
// The body of a reply to `method`, by RFC 9112, 6.3.
void read_reply_body(Wire&, Message&, std::string_view method);

// "HTTP/1.1 200 OK" with a length.
std::string ok(std::string_view body = "", std::string_view fields = "");
// Any status with further field lines, each with its CRLF, and a length.
std::string answer(int status, std::string_view fields = "", std::string_view body = "");
std::string get(std::string_view target, std::string_view fields = "");
std::string post(std::string_view target, std::string_view body, std::string_view fields = "");
// One chunk with its framing; empty: the last, and the end of the trailers.
std::string chunk(std::string_view data);

}  // namespace whogoes::support
