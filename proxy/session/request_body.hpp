#pragma once

#include "proxy/http/chunks.hpp"
#include "proxy/http/head.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// Where the body of the request that is being served stands. Pure: whoever reads it from the client
// shows what came, and sends what belongs to it.
namespace whogoes::session {

struct RequestBody {
    http::Framing framing = http::Framing::none;
    std::uint64_t left = 0;  // Content-Length: octets still to come from the client
    http::ChunkTracker chunks;
    std::string_view in_buffer;  // what came together with the head; lies in Client::buffer
    bool complete = true;        // all of it is in in_buffer, or kept by the upload
    bool partly_sent = false;    // complete, but the upstream did not get all of it
    std::string first_octets;    // of a form whose body came later: evidence, 4 KiB at most

    // How much of what was read belongs to this body. `flawed` where its framing is broken: none.
    struct Portion {
        std::size_t octets = 0;
        bool done = false;
        bool flawed = false;
    };
    Portion take(std::string_view bytes);

    // `rest` is what came behind the head. False: its framing is broken.
    bool begin(const http::RequestHead& head, std::string_view rest);
};

}  // namespace whogoes::session
