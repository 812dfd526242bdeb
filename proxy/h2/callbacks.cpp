#include "proxy/h2/callbacks.hpp"

#include "proxy/h2/connection.hpp"

#include <memory>
#include <new>

namespace whogoes::h2 {
namespace {

std::string_view text_of(const std::uint8_t* at, std::size_t octets) {
    return {reinterpret_cast<const char*>(at), octets};
}

constexpr std::size_t most_sent_head = std::size_t{4} * 1024 * 1024;

}  // namespace

struct Callbacks {
    static Connection& of(void* user) { return *static_cast<Connection*>(user); }

    // nghttp2 will reset its stream.
    static int invalid_frame(nghttp2_session*, const nghttp2_frame* frame, int, void* user) {
        of(user).own_resets_.note(frame->hd.stream_id);
        return 0;
    }

    static int begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* user) {
        if (frame->hd.type != NGHTTP2_HEADERS) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
        Connection& connection = of(user);
        connection.open_block_ = frame->hd.stream_id;
        if (connection.begin_block(frame->hd.stream_id, frame->headers.cat)) return 0;
        connection.own_resets_.note(frame->hd.stream_id);
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    }

    static int header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                      std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                      std::uint8_t, void* user) {
        Connection& connection = of(user);
        Stream* const stream = connection.find(frame->hd.stream_id);
        if (stream == nullptr || !stream->block) return 0;
        stream->block->add(text_of(name, name_size), text_of(value, value_size));
        if (!stream->block->is_bomb()) return 0;
        if (connection.is_server()) {
            connection.complain("a few bytes stood for a great many fields");
            connection.end(NGHTTP2_ENHANCE_YOUR_CALM);
        }
        // The stream is reset, and what is still to come of the block goes by unlooked at.
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    }

    // RFC 9113, 8.2.1: a message with such a field is malformed as a whole.
    static int invalid_header(nghttp2_session*, const nghttp2_frame*, const std::uint8_t*,
                              std::size_t, const std::uint8_t*, std::size_t, std::uint8_t, void*) {
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    }

    static int frame_received(nghttp2_session*, const nghttp2_frame* frame, void* user) {
        Connection& connection = of(user);
        if (frame->hd.type == NGHTTP2_SETTINGS) connection.has_settings_ = true;
        if (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA) return 0;
        if (frame->hd.type == NGHTTP2_HEADERS) connection.open_block_ = 0;
        Stream* const stream = connection.find(frame->hd.stream_id);
        if (stream == nullptr || stream->is_closed()) return 0;
        const bool ends = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
        if (frame->hd.type == NGHTTP2_HEADERS && stream->block) {
            connection.block_came(*stream, frame->headers.cat, ends);
            stream->block.reset();
        } else if (ends) {
            stream->end_came();
        }
        return 0;
    }

    static int data(nghttp2_session* session, std::uint8_t, std::int32_t id, const std::uint8_t* at,
                    std::size_t octets, void* user) {
        Stream* const stream = of(user).find(id);
        if (stream != nullptr && !stream->is_closed() && stream->takes_data())
            stream->data_came(text_of(at, octets));
        else
            nghttp2_session_consume(session, id, octets);
        return 0;
    }

    static int stream_closed(nghttp2_session*, std::int32_t id, std::uint32_t error, void* user) {
        Connection& connection = of(user);
        if (connection.open_block_ == id) connection.open_block_ = 0;
        const auto found = connection.streams_.find(id);
        if (found == connection.streams_.end()) return 0;
        const std::shared_ptr<Stream> stream = found->second;
        connection.streams_.erase(found);
        connection.busy_ = connection.deadlines_.now();
        stream->closed(error);
        return 0;
    }

    static int frame_sent(nghttp2_session* session, const nghttp2_frame* frame, void* user) {
        Connection& connection = of(user);
        if (frame->hd.type == NGHTTP2_RST_STREAM) {
            connection.own_resets_.note(frame->hd.stream_id);
            if (frame->rst_stream.error_code != NGHTTP2_NO_ERROR) connection.count_own_reset();
        }
        // nghttp2 ends a connection by itself where its peer breaks the protocol.
        if (frame->hd.type == NGHTTP2_GOAWAY && frame->goaway.error_code != NGHTTP2_NO_ERROR)
            connection.complain(std::string("what it sent was refused (") +
                                nghttp2_http2_strerror(frame->goaway.error_code) + ")");
        if (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA) return 0;
        connection.idle_frames_.give();
        Stream* const stream = connection.find(frame->hd.stream_id);
        if (stream == nullptr) return 0;
        stream->moved = connection.deadlines_.now();
        const bool ends = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
        // RFC 9113, 8.1: the answer is whole, and the rest of the request is not wanted.
        if (ends && connection.server_ && !stream->ended_by_peer())
            nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, frame->hd.stream_id,
                                      NGHTTP2_NO_ERROR);
        return 0;
    }

    // What was submitted cannot go out, such as a head that is too large.
    static int frame_not_sent(nghttp2_session* session, const nghttp2_frame* frame, int, void*) {
        if (frame->hd.type == NGHTTP2_HEADERS)
            nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, frame->hd.stream_id,
                                      NGHTTP2_INTERNAL_ERROR);
        return 0;
    }

    static ssize_t read_body(nghttp2_session* session, std::int32_t id, std::uint8_t* at,
                             std::size_t most, std::uint32_t* flags, nghttp2_data_source* source,
                             void*) {
        Stream& stream = *static_cast<Stream*>(source->ptr);
        const Stream::Portion portion = stream.take(reinterpret_cast<char*>(at), most);
        if (portion.octets == 0 && !portion.last) return NGHTTP2_ERR_DEFERRED;
        if (!portion.last) return static_cast<ssize_t>(portion.octets);
        *flags |= NGHTTP2_DATA_FLAG_EOF;
        if (!stream.trailers().empty()) {
            std::vector<nghttp2_nv> fields;
            for (const Field& field : split_trailers(stream.trailers()))
                fields.push_back(nv_of(field));
            *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
            if (nghttp2_submit_trailer(session, id, fields.data(), fields.size()) != 0)
                return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
        }
        return static_cast<ssize_t>(portion.octets);
    }
};

nghttp2_nv nv_of(const Field& field) {
    nghttp2_nv nv{};
    // It does not write to them.
    nv.name = reinterpret_cast<std::uint8_t*>(const_cast<char*>(field.name.data()));
    nv.namelen = field.name.size();
    nv.value = reinterpret_cast<std::uint8_t*>(const_cast<char*>(field.value.data()));
    nv.valuelen = field.value.size();
    nv.flags = NGHTTP2_NV_FLAG_NONE;
    return nv;
}

nghttp2_data_provider body_of(Stream& stream) {
    nghttp2_data_provider body{};
    body.source.ptr = &stream;
    body.read_callback = Callbacks::read_body;
    return body;
}

nghttp2_session* new_session(Connection& connection) {
    nghttp2_session_callbacks* raw = nullptr;
    if (nghttp2_session_callbacks_new(&raw) != 0) throw std::bad_alloc();
    const std::unique_ptr<nghttp2_session_callbacks, void (*)(nghttp2_session_callbacks*)>
        callbacks(raw, nghttp2_session_callbacks_del);
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(raw, Callbacks::invalid_frame);
    nghttp2_session_callbacks_set_on_begin_headers_callback(raw, Callbacks::begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(raw, Callbacks::header);
    nghttp2_session_callbacks_set_on_invalid_header_callback(raw, Callbacks::invalid_header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(raw, Callbacks::frame_received);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(raw, Callbacks::data);
    nghttp2_session_callbacks_set_on_stream_close_callback(raw, Callbacks::stream_closed);
    nghttp2_session_callbacks_set_on_frame_send_callback(raw, Callbacks::frame_sent);
    nghttp2_session_callbacks_set_on_frame_not_send_callback(raw, Callbacks::frame_not_sent);

    nghttp2_option* made = nullptr;
    if (nghttp2_option_new(&made) != 0) throw std::bad_alloc();
    const std::unique_ptr<nghttp2_option, void (*)(nghttp2_option*)> options(made,
                                                                             nghttp2_option_del);
    // Credit is given once the other side took the octets, so that memory is bounded end to end.
    nghttp2_option_set_no_auto_window_update(made, 1);
    nghttp2_option_set_no_closed_streams(made, 1);
    nghttp2_option_set_max_send_header_block_length(made, most_sent_head);

    nghttp2_session* session = nullptr;
    const int failed = connection.is_server()
                           ? nghttp2_session_server_new2(&session, raw, &connection, made)
                           : nghttp2_session_client_new2(&session, raw, &connection, made);
    if (failed != 0) throw std::bad_alloc();
    return session;
}

}  // namespace whogoes::h2
