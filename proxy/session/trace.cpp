#include "proxy/session/trace.hpp"

#include "proxy/http/field_line.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstddef>

namespace whogoes::session {
namespace {

template <std::size_t octets>
std::string random_hex() {
    constexpr char digits[] = "0123456789abcdef";
    std::array<unsigned char, octets> random{};
    // Trace Context, 3.2.2.3: all zero is no id.
    do {
        ::RAND_bytes(random.data(), static_cast<int>(random.size()));
    } while (std::all_of(random.begin(), random.end(), [](unsigned char c) { return c == 0; }));
    std::string out;
    for (const unsigned char c : random) {
        out += digits[c >> 4];
        out += digits[c & 0xf];
    }
    return out;
}

}  // namespace

Trace begin_trace(const http::RequestHead& head) {
    Trace trace;
    const bool traced = head.find(http::FieldName::traceparent) != nullptr;
    const bool named = head.find(http::FieldName::x_request_id) != nullptr;
    if (!traced) {
        trace.id = random_hex<16>();
        // Sampled: the exchange does stand in a log, ours, and whoever is behind us may follow.
        http::append_field(trace.lines, "traceparent",
                           "00-" + trace.id + "-" + random_hex<8>() + "-01");
    }
    // One trace may have many requests, so that of a client's is no name for this one.
    if (!named)
        http::append_field(trace.lines, "X-Request-Id", traced ? random_hex<16>() : trace.id);
    return trace;
}

}  // namespace whogoes::session
