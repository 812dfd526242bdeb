#include "proxy/h2/server.hpp"

#include "proxy/h2/callbacks.hpp"
#include "proxy/http/reply.hpp"

#include <utility>

namespace whogoes::h2 {

ServerConnection::ServerConnection(net::Reactor& io, net::Deadlines& deadlines, net::Stream socket,
                                   const Limits& limits, OnRequest on_request)
    : Connection(io, deadlines, std::move(socket), limits, true),
      on_request_(std::move(on_request)) {}

bool ServerConnection::begin_block(std::int32_t id, int category) {
    if (category == NGHTTP2_HCAT_REQUEST) remember(std::make_shared<Stream>(*this, id));
    Stream* const stream = find(id);
    if (stream == nullptr) return false;
    stream->block.emplace(limits().field_list);
    return true;
}

void ServerConnection::block_came(Stream& stream, int category, bool ends) {
    const FieldBlock& block = *stream.block;
    if (block.malformed()) return reset(stream, NGHTTP2_PROTOCOL_ERROR);
    if (category != NGHTTP2_HCAT_REQUEST) {
        if (block.too_large()) return reset(stream, NGHTTP2_ENHANCE_YOUR_CALM);
        return stream.trailers_came(block.lines());
    }
    stream.to_head = block.method() == "HEAD";
    if (ends) stream.end_came();
    if (block.too_large())
        return refuse(stream, 431, "the request's fields are larger than limits.header allows");
    const std::string head = block.request(ends);
    if (head.empty()) return refuse(stream, 400, "Host and :authority name two (RFC 9113, 8.3.1)");
    stream.head_came(head, {.chunked = block.chunked(ends), .ends = ends});
    new_ones_.push_back(stream.shared_from_this());
}

void ServerConnection::refuse(Stream& stream, int status, std::string_view message) {
    http::OwnReply reply;
    reply.status = status;
    reply.message = message;
    reply.head_only = stream.to_head;
    std::string text = http::render(reply, {});
    const iovec piece{text.data(), text.size()};
    stream.write({&piece, 1});
}

void ServerConnection::start_new_ones() {
    // What nghttp2 has to reset is closed once it has said so, and is not worth a request.
    if (!new_ones_.empty() && nghttp2_session_get_outbound_queue_size(session()) > 0) flush();
    std::vector<std::shared_ptr<Stream>> starting;
    starting.swap(new_ones_);
    if (!complaint().empty()) return;  // it is being sent away
    for (const std::shared_ptr<Stream>& stream : starting) {
        if (stream->is_closed()) continue;
        on_request_(net::Stream(reactor(), deadlines(), stream->carrier()));
    }
}

std::int32_t ServerConnection::submit(Stream& stream, const SplitHead& split, bool ends) {
    std::vector<nghttp2_nv> fields;
    fields.reserve(split.fields.size() + 4);
    const std::string status = std::to_string(split.status);
    fields.push_back(nv_of({":status", status}));
    for (const Field& field : split.fields) fields.push_back(nv_of(field));
    const nghttp2_data_provider body = body_of(stream);
    const int failed = nghttp2_submit_response(session(), stream.id(), fields.data(), fields.size(),
                                               ends ? nullptr : &body);
    return failed == 0 ? stream.id() : -1;
}

}  // namespace whogoes::h2
