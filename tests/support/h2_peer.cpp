#include "tests/support/h2_peer.hpp"

#include <algorithm>
#include <cstring>
#include <nghttp2/nghttp2.h>

namespace whogoes::support {
namespace {

std::string joined(const H2Fields& fields, std::string_view name) {
    std::string all;
    for (const auto& [its, value] : fields)
        if (its == name) all += (all.empty() ? "" : "|") + value;
    return all;
}

std::vector<nghttp2_nv> nvs(const H2Fields& fields) {
    std::vector<nghttp2_nv> all;
    for (const auto& [name, value] : fields) {
        const auto octets = [](const std::string& text) {
            return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
        };
        all.push_back({octets(name), octets(value), name.size(), value.size(), 0});
    }
    return all;
}

}  // namespace

struct H2PeerCallbacks {
    static H2Peer& of(void* user) { return *static_cast<H2Peer*>(user); }

    static int header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                      std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                      std::uint8_t, void* user) {
        H2Message& in = of(user).streams_[frame->hd.stream_id].in;
        H2Fields& into = in.head_came ? in.trailers : in.fields;
        into.emplace_back(std::string(reinterpret_cast<const char*>(name), name_size),
                          std::string(reinterpret_cast<const char*>(value), value_size));
        return 0;
    }

    static int received(nghttp2_session*, const nghttp2_frame* frame, void* user) {
        H2Peer& peer = of(user);
        if (frame->hd.type == NGHTTP2_GOAWAY) {
            peer.saw_goaway_ = true;
            peer.goaway_code_ = frame->goaway.error_code;
        }
        if (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA) return 0;
        H2Message& in = peer.streams_[frame->hd.stream_id].in;
        if (frame->hd.type == NGHTTP2_HEADERS && !in.head_came) {
            if (in.status() >= 100 && in.status() < 200) {
                in.interims.push_back(std::move(in.fields));
                in.fields.clear();
            } else {
                in.head_came = true;
                peer.arrived_.push_back(frame->hd.stream_id);
            }
        }
        if ((frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) in.ended = true;
        return 0;
    }

    static int data(nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* at,
                    std::size_t octets, void* user) {
        of(user).streams_[id].in.body.append(reinterpret_cast<const char*>(at), octets);
        return 0;
    }

    static int closed(nghttp2_session*, std::int32_t id, std::uint32_t error, void* user) {
        H2Message& in = of(user).streams_[id].in;
        in.closed = true;
        in.error_code = error;
        return 0;
    }

    static ssize_t read(nghttp2_session* session, std::int32_t id, std::uint8_t* at,
                        std::size_t most, std::uint32_t* flags, nghttp2_data_source*, void* user) {
        H2Peer::Stream& stream = of(user).streams_[id];
        const std::size_t octets = std::min(most, stream.out.size());
        std::memcpy(at, stream.out.data(), octets);
        stream.out.erase(0, octets);
        if (!stream.out.empty()) return static_cast<ssize_t>(octets);
        if (!stream.out_ends)
            return octets > 0 ? static_cast<ssize_t>(octets) : ssize_t{NGHTTP2_ERR_DEFERRED};
        *flags |= NGHTTP2_DATA_FLAG_EOF;
        if (!stream.trailers.empty()) {
            *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
            const std::vector<nghttp2_nv> fields = nvs(stream.trailers);
            nghttp2_submit_trailer(session, id, fields.data(), fields.size());
        }
        return static_cast<ssize_t>(octets);
    }
};

std::string H2Message::field(std::string_view name) const { return joined(fields, name); }
std::string H2Message::trailer(std::string_view name) const { return joined(trailers, name); }
int H2Message::status() const {
    const std::string text = field(":status");
    return text.empty() ? 0 : std::stoi(text);
}

H2Peer::H2Peer(Wire& wire, Role role, std::string_view came) : wire_(wire) {
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, H2PeerCallbacks::header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, H2PeerCallbacks::received);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, H2PeerCallbacks::data);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, H2PeerCallbacks::closed);
    nghttp2_option* options = nullptr;
    nghttp2_option_new(&options);
    nghttp2_option_set_max_send_header_block_length(options, 1 << 20);
    if (role == Role::client)
        nghttp2_session_client_new2(&session_, callbacks, this, options);
    else
        nghttp2_session_server_new(&session_, callbacks, this);
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_option_del(options);
    nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, nullptr, 0);
    if (!came.empty())
        nghttp2_session_mem_recv(session_, reinterpret_cast<const std::uint8_t*>(came.data()),
                                 came.size());
}

H2Peer::~H2Peer() { nghttp2_session_del(session_); }

void H2Peer::flush() {
    for (;;) {
        const std::uint8_t* at = nullptr;
        const ssize_t octets = nghttp2_session_mem_send(session_, &at);
        if (octets <= 0) return;
        if (!wire_.try_send({reinterpret_cast<const char*>(at), static_cast<std::size_t>(octets)}))
            return;
    }
}

bool H2Peer::pump() {
    flush();
    const std::string came = wire_.read_some();
    if (came.empty()) return false;
    const ssize_t taken = nghttp2_session_mem_recv(
        session_, reinterpret_cast<const std::uint8_t*>(came.data()), came.size());
    if (taken < 0) throw WireError(nghttp2_strerror(static_cast<int>(taken)));
    flush();
    return true;
}

std::int32_t H2Peer::ask(H2Fields fields, std::string body, bool ends) {
    const std::vector<nghttp2_nv> head = nvs(fields);
    nghttp2_data_provider provider{};
    provider.read_callback = H2PeerCallbacks::read;
    const bool bodiless = body.empty() && ends;
    const std::int32_t id = nghttp2_submit_request(session_, nullptr, head.data(), head.size(),
                                                   bodiless ? nullptr : &provider, nullptr);
    if (id < 0) throw WireError(nghttp2_strerror(id));
    streams_[id].out = std::move(body);
    streams_[id].out_ends = ends;
    flush();
    return id;
}

void H2Peer::send_data(std::int32_t id, std::string_view body, bool ends, H2Fields trailers) {
    Stream& stream = streams_[id];
    stream.out += body;
    stream.out_ends = ends;
    stream.trailers = std::move(trailers);
    nghttp2_session_resume_data(session_, id);
    flush();
}

void H2Peer::begin_answer(std::int32_t id, H2Fields fields) {
    const std::vector<nghttp2_nv> head = nvs(fields);
    nghttp2_data_provider provider{};
    provider.read_callback = H2PeerCallbacks::read;
    nghttp2_submit_response(session_, id, head.data(), head.size(), &provider);
    flush();
}

void H2Peer::answer(std::int32_t id, H2Fields fields, std::string body, H2Fields trailers) {
    const bool bodiless = body.empty() && trailers.empty();
    streams_[id].out = std::move(body);
    streams_[id].out_ends = true;
    streams_[id].trailers = std::move(trailers);
    const std::vector<nghttp2_nv> head = nvs(fields);
    nghttp2_data_provider provider{};
    provider.read_callback = H2PeerCallbacks::read;
    nghttp2_submit_response(session_, id, head.data(), head.size(), bodiless ? nullptr : &provider);
    flush();
}

void H2Peer::send_interim(std::int32_t id, H2Fields fields) {
    const std::vector<nghttp2_nv> head = nvs(fields);
    nghttp2_submit_headers(session_, NGHTTP2_FLAG_NONE, id, nullptr, head.data(), head.size(),
                           nullptr);
    flush();
}

void H2Peer::reset(std::int32_t id, std::uint32_t error_code) {
    nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, id, error_code);
    flush();
}

void H2Peer::go_away(std::int32_t last_id, std::uint32_t error_code) {
    nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE, last_id, error_code, nullptr, 0);
    flush();
}

void H2Peer::ping() {
    nghttp2_submit_ping(session_, NGHTTP2_FLAG_NONE, nullptr);
    flush();
}

void H2Peer::settings(std::vector<std::pair<std::uint16_t, std::uint32_t>> values) {
    std::vector<nghttp2_settings_entry> entries;
    for (const auto& [id, value] : values) entries.push_back({id, value});
    nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, entries.data(), entries.size());
    flush();
}

const H2Message& H2Peer::whole(std::int32_t id) {
    H2Message& in = streams_[id].in;
    while (!in.ended && !in.closed)
        if (!pump()) throw WireError("the connection ended before the message did");
    return in;
}

const H2Message& H2Peer::head_of(std::int32_t id) {
    H2Message& in = streams_[id].in;
    while (!in.head_came && !in.closed)
        if (!pump()) throw WireError("the connection ended before the head came");
    return in;
}

const H2Message& H2Peer::closed(std::int32_t id) {
    H2Message& in = streams_[id].in;
    while (!in.closed)
        if (!pump()) throw WireError("the connection ended before the stream did");
    return in;
}

std::int32_t H2Peer::next_request() {
    while (arrived_.empty())
        if (!pump()) throw WireError("the connection ended before a request came");
    const std::int32_t id = arrived_.front();
    arrived_.erase(arrived_.begin());
    return id;
}

void H2Peer::until_closed() {
    while (pump()) {
    }
}

std::uint32_t H2Peer::remote_setting(std::uint16_t id) const {
    return nghttp2_session_get_remote_settings(session_, static_cast<nghttp2_settings_id>(id));
}

H2Fields h2_get(std::string path, H2Fields more) {
    H2Fields fields = {{":method", "GET"},
                       {":scheme", "http"},
                       {":authority", "api.test"},
                       {":path", std::move(path)}};
    fields.insert(fields.end(), more.begin(), more.end());
    return fields;
}

H2Fields h2_post(std::string path, H2Fields more) {
    H2Fields fields = h2_get(std::move(path), std::move(more));
    fields[0].second = "POST";
    return fields;
}

}  // namespace whogoes::support
