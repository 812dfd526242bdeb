#pragma once

#include "proxy/h2/field_block.hpp"

#include <nghttp2/nghttp2.h>

// nghttp2's side of a Connection: what it calls, and its types. Inner to proxy/h2.
namespace whogoes::h2 {

class Connection;
class Stream;

// For either side, by is_server(). Throws std::bad_alloc.
nghttp2_session* new_session(Connection&);

// nghttp2 copies what it points to.
nghttp2_nv nv_of(const Field&);

// Asks the stream for its body, and for trailers behind it.
nghttp2_data_provider body_of(Stream&);

}  // namespace whogoes::h2
