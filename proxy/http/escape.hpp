#pragma once

#include <string>
#include <string_view>

// Text that a peer may have chosen, made harmless for the two forms of our own answers: control
// and bidirectional-control characters cannot act, octets that are no UTF-8 become U+FFFD.
// Inner to proxy/http.
namespace whogoes::http {

void append_json(std::string& out, std::string_view text);  // inside a JSON string's quotes
void append_html(std::string& out, std::string_view text);  // as character data

}  // namespace whogoes::http
