#include "proxy/h2/client.hpp"

#include "proxy/h2/callbacks.hpp"

#include <algorithm>
#include <utility>

namespace whogoes::h2 {

ClientConnection::ClientConnection(net::Reactor& io, net::Deadlines& deadlines, net::Stream socket,
                                   const Limits& limits)
    : Connection(io, deadlines, std::move(socket), limits, false) {}

void ClientConnection::close() { abandon(); }

bool ClientConnection::has_room() const {
    if (!is_alive() || nghttp2_session_check_request_allowed(session()) == 0) return false;
    const std::uint32_t most =
        nghttp2_session_get_remote_settings(session(), NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
    return streams() < std::min(most, limits().streams);
}

ClientConnection::Lent ClientConnection::open() {
    const auto stream = std::make_shared<Stream>(*this, -1);
    return {stream->carrier(), stream};
}

bool ClientConnection::begin_block(std::int32_t id, int) {
    Stream* const stream = find(id);
    if (stream == nullptr) return false;
    stream->block.emplace(limits().field_list);
    return true;
}

void ClientConnection::block_came(Stream& stream, int, bool ends) {
    const FieldBlock& block = *stream.block;
    if (block.malformed()) return reset(stream, NGHTTP2_PROTOCOL_ERROR);
    if (block.too_large()) return reset(stream, NGHTTP2_ENHANCE_YOUR_CALM);
    if (block.status() == 0) return stream.trailers_came(block.lines());
    const std::string head = block.answer(ends, stream.to_head);
    if (block.status() < 200) return stream.interim_came(head);
    const bool bodiless = stream.to_head || block.status() == 204 || block.status() == 304;
    stream.head_came(head, !bodiless && block.chunked(ends), ends);
}

std::int32_t ClientConnection::submit(Stream& stream, const SplitHead& split, bool ends) {
    std::vector<nghttp2_nv> fields;
    fields.reserve(split.fields.size() + 4);
    fields.push_back(nv_of({":method", split.method}));
    fields.push_back(nv_of({":scheme", is_secure() ? "https" : "http"}));
    fields.push_back(nv_of({":authority", split.host}));
    fields.push_back(nv_of({":path", split.target}));
    for (const Field& field : split.fields) fields.push_back(nv_of(field));
    const nghttp2_data_provider body = body_of(stream);
    return nghttp2_submit_request(session(), nullptr, fields.data(), fields.size(),
                                  ends ? nullptr : &body, nullptr);
}

}  // namespace whogoes::h2
