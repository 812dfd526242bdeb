#pragma once

#include "proxy/http/head.hpp"

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

// What requests and answers share when a head is read: the lines are found, Beast's basic_parser
// checks them and tells where names and values lie, and Connection is read. Inner to proxy/http.
namespace whogoes::http {

// The lines of a head as far as they have come.
struct Lines {
    std::size_t first_end = 0;  // behind the start line's CRLF; 0: not there yet
    std::size_t end = 0;        // behind the empty line; 0: not there yet
    std::optional<Flaw> flaw;   // a bare LF, a folded line, too many lines
};

// Cheap enough to be done again from the start whenever a slow peer sends one more octet.
Lines find_lines(std::string_view text, const HeadLimits&);

// Lets Beast check the head in `head.bytes`, and notes its fields there. The start line is Beast's
// to check as well; what it says is not taken from Beast, but read by the caller.
std::optional<Flaw> note_request_fields(RequestHead& head);
std::optional<Flaw> note_response_fields(ResponseHead& head);

// Reads Connection and Upgrade into keep_alive, upgrade and nominates.
std::optional<Flaw> read_connection(Head& head);

// Reads Content-Length and Transfer-Encoding; refuses what two recipients could read differently.
// `head.framing` becomes none, length or chunked.
std::optional<Flaw> read_framing(Head& head);

// The checks of read_framing, without noting anything.
std::optional<Flaw> length_flaw(const Head& head);

// Empties a head, but keeps the memory of its fields.
template <class AnyHead>
void reset(AnyHead& head) {
    std::vector<FieldLine> memory = std::move(head.fields);
    memory.clear();
    head = AnyHead{};
    head.fields = std::move(memory);
}

HeadProgress flawed(const Flaw& flaw);

}  // namespace whogoes::http
