#pragma once

#include "proxy/http/body_reader.hpp"

#include <string>
#include <string_view>

// Where the body of the request that is being served stands. Pure: whoever reads it from the client
// shows what came, and sends what belongs to it.
namespace whogoes::session {

struct RequestBody {
    http::BodyReader reader;
    std::string_view in_buffer;  // what came together with the head; lies in Client::buffer
    bool complete = true;        // all of it is in in_buffer, or kept by the upload
    bool partly_sent = false;    // complete, but the upstream did not get all of it
    std::string first_octets;    // of a text whose rest came later: evidence, 4 KiB at most

    // `rest` is what came behind the head. False: its framing is broken.
    bool begin(const http::RequestHead& head, std::string_view rest) {
        reader = http::BodyReader(head);
        const http::BodyReader::Step came = reader.take(rest);
        in_buffer = rest.substr(0, came.octets);
        complete = came.done;
        return !came.flawed;
    }
};

inline constexpr std::size_t text_evidence_octets = 4096;

// The first octets of a body that is text; a view into the body.
inline std::string_view text_of(const RequestBody& body) {
    return body.first_octets.empty() ? body.in_buffer.substr(0, text_evidence_octets)
                                     : std::string_view(body.first_octets);
}

}  // namespace whogoes::session
