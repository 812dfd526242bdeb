#include "proxy/h2/connection.hpp"

#include "proxy/h2/callbacks.hpp"

#include <algorithm>
#include <nghttp2/nghttp2.h>
#include <utility>

namespace whogoes::h2 {
namespace {

// What is read at once.
constexpr std::size_t one_read = std::size_t{64} * 1024;

}  // namespace

Connection::Connection(net::Reactor& io, net::Deadlines& deadlines, net::Stream socket,
                       const Limits& limits, bool server)
    : io_(io),
      deadlines_(deadlines),
      socket_(std::move(socket)),
      limits_(limits),
      server_(server),
      frames_(server ? NGHTTP2_CLIENT_MAGIC_LEN : 0),  // the preface is no frame
      whole_since_(deadlines.now()),
      busy_(deadlines.now()),
      wrote_(deadlines.now()),
      resets_(limits.resets_at_once, limits.resets_per_second),
      idle_frames_(limits.idle_frames_at_once, limits.idle_frames_per_second) {
    session_ = new_session(*this);
    socket_.keep_asking();
    announce();
    look_at_ = deadlines.now() + patience();
}

Connection::~Connection() {
    *alive_ = false;
    lose_streams();
    socket_.close();
    nghttp2_session_del(session_);
}

void Connection::announce() {
    const nghttp2_settings_entry entries[] = {
        {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, limits_.streams},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, limits_.stream_window},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, static_cast<std::uint32_t>(limits_.field_list)},
    };
    // Only a client may be promised a push, and only a server opens no streams of its own.
    const std::size_t first = server_ ? 1 : 0;
    nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, entries + first,
                            std::size(entries) - first);
    nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0,
                                          static_cast<std::int32_t>(limits_.connection_window));
}

net::Task<> Connection::run(std::string_view came) {
    bool going = came.empty() || receive(came);
    net::Share share;
    for (;;) {
        start_new_ones();
        deliver();
        flush();
        if (!going || ended_ || broken_) break;
        if (!has_unsent() && nghttp2_session_want_read(session_) == 0 &&
            nghttp2_session_want_write(session_) == 0)
            break;
        const net::Clock::time_point now = deadlines_.now();
        if (now >= look_at_) {
            going = keep_house();
            look_at_ = now + patience();
            continue;
        }
        socket_.set_deadline(std::chrono::ceil<std::chrono::milliseconds>(look_at_ - now));
        if (!socket_.has_decrypted()) {
            const net::Io waited = co_await socket_.readable();
            if (waited == net::Io::timed_out) continue;
            if (waited != net::Io::ok) break;
        }
        net::Io outcome = net::Io::ok;
        going = read_once(outcome);
        if (outcome != net::Io::ok && outcome != net::Io::again) break;
        if (share.spent(one_read / 4)) co_await io_.next_turn();
    }
    flush();
    ended_ = true;
    lose_streams();
    if (!broken_) co_await say_the_rest();
    socket_.close();
}

bool Connection::is_half() const noexcept { return frames_.is_within() || open_block_ != 0; }

// False: nothing more may be read.
bool Connection::read_once(net::Io& outcome) {
    // Of the thread, since nothing waits while it is in use: an idle connection holds none.
    static thread_local char scratch[one_read];
    const net::IoResult read = socket_.try_read(scratch, sizeof scratch);
    outcome = read.outcome;
    return read.outcome != net::Io::ok || receive({scratch, read.octets});
}

void Connection::abandon() {
    ended_ = true;
    socket_.close();
}

bool Connection::receive(std::string_view octets) {
    const net::Clock::time_point now = deadlines_.now();
    in_doubt_ = false;
    // DATA that comes slowly comes; its stream has a deadline of its own.
    if (!is_half() || in_data_) whole_since_ = now;
    receiving_ = true;
    ssize_t taken = 0;
    while (!octets.empty() && taken >= 0) {
        const std::string_view piece = frames_.next(octets);
        if (frames_.began()) {
            count_frame(frames_.head());
            check_stream(frames_.head());
        }
        const auto* const data = reinterpret_cast<const std::uint8_t*>(piece.data());
        taken = nghttp2_session_mem_recv(session_, data, piece.size());
    }
    receiving_ = false;
    if (!is_half()) whole_since_ = now;
    if (taken < 0) {
        complain(nghttp2_strerror(static_cast<int>(taken)));
        nghttp2_session_terminate_session(session_, taken == NGHTTP2_ERR_FLOODED
                                                        ? NGHTTP2_ENHANCE_YOUR_CALM
                                                        : NGHTTP2_PROTOCOL_ERROR);
        return false;
    }
    if (nghttp2_session_get_outbound_queue_size(session_) <= limits_.queued_frames) return true;
    complain("too many frames wait to be sent");
    return false;
}

void Connection::complain(std::string words) {
    if (complaint_.empty()) complaint_ = std::move(words);
}

void Connection::count_frame(const FrameHead& frame) {
    const std::uint8_t type = frame.type;
    in_data_ = type == NGHTTP2_DATA;
    const net::Clock::time_point now = deadlines_.now();
    whole_since_ = now;
    const bool ends = (frame.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    const bool is_work =
        (type == NGHTTP2_DATA && (frame.length > 0 || ends)) || type == NGHTTP2_HEADERS;
    if (is_work) idle_frames_.give();
    const bool is_free = is_work || type == NGHTTP2_CONTINUATION || type == NGHTTP2_WINDOW_UPDATE;
    // An upstream may reset what it likes: it is the one that was asked.
    const bool fair = type == NGHTTP2_RST_STREAM ? !server_ || resets_.take(now)
                                                 : is_free || idle_frames_.take(now);
    if (fair) return;
    complain(type == NGHTTP2_RST_STREAM ? "too many streams were reset"
                                        : "too many frames that bring nothing");
    end(NGHTTP2_ENHANCE_YOUR_CALM);
}

// What makes us reset streams costs as much as resets of the peer's own.
void Connection::count_own_reset() {
    if (!server_ || resets_.take(deadlines_.now())) return;
    complain("too many streams had to be reset");
    end(NGHTTP2_ENHANCE_YOUR_CALM);
}

// nghttp2 passes over what comes for a stream that is over.
void Connection::check_stream(const FrameHead& frame) {
    if (!server_ || (frame.type != NGHTTP2_DATA && frame.type != NGHTTP2_HEADERS)) return;
    const bool is_new = frame.stream > nghttp2_session_get_last_proc_stream_id(session_);
    if (is_new || find(frame.stream) != nullptr || own_resets_.may_be(frame.stream)) return;
    complain("a frame came for a stream that is over");
    end(NGHTTP2_STREAM_CLOSED);
}

void Connection::has_news(std::shared_ptr<Stream> stream) {
    if (std::find(news_.begin(), news_.end(), stream) == news_.end())
        news_.push_back(std::move(stream));
    if (!receiving_) schedule_flush();
}

// Whoever is told may end streams and begin others; those have their say in the next round.
void Connection::deliver() {
    const std::shared_ptr<bool> alive = alive_;
    while (!news_.empty()) {
        std::vector<std::shared_ptr<Stream>> told;
        told.swap(news_);
        for (const std::shared_ptr<Stream>& stream : told) {
            stream->tell();
            if (!*alive) return;
        }
    }
}

void Connection::consumed(std::int32_t id, std::size_t octets, bool closed) {
    if (closed)
        nghttp2_session_consume_connection(session_, octets);
    else
        nghttp2_session_consume(session_, id, octets);
    schedule_flush();
}

std::size_t Connection::answer_room() const noexcept {
    const std::size_t share = limits_.answers_ahead / std::max<std::size_t>(streams_.size(), 1);
    return std::clamp(share, limits_.least_answer_ahead, limits_.answer_ahead);
}

void Connection::resume(Stream& stream) {
    nghttp2_session_resume_data(session_, stream.id());
    schedule_flush();
}

void Connection::reset(Stream& stream, std::uint32_t error_code) {
    if (stream.is_closed() || stream.id() < 0) return;
    nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, stream.id(), error_code);
    schedule_flush();
}

void Connection::send_head(Stream& stream, const SplitHead& split, bool ends) {
    const std::int32_t id = submit(stream, split, ends);
    if (id < 0) {
        stream.closed(NGHTTP2_INTERNAL_ERROR);
    } else if (stream.id_ < 0) {
        stream.id_ = id;
        remember(stream.shared_from_this());
    }
    stream.moved = deadlines_.now();
    schedule_flush();
}

void Connection::send_interim(Stream& stream, const SplitHead& split) {
    const std::string status = std::to_string(split.status);
    std::vector<nghttp2_nv> fields = {nv_of({":status", status})};
    for (const Field& field : split.fields) fields.push_back(nv_of(field));
    nghttp2_submit_headers(session_, NGHTTP2_FLAG_NONE, stream.id(), nullptr, fields.data(),
                           fields.size(), nullptr);
    schedule_flush();
}

void Connection::let_go(Stream& stream, bool broken) {
    if (stream.is_closed() || stream.id() < 0) return;
    stream.moved = deadlines_.now();
    const bool whole = !broken && stream.head_sent() && stream.out_ended_;
    if (server_) {
        if (!whole) reset(stream, stream.head_sent() ? NGHTTP2_INTERNAL_ERROR : NGHTTP2_CANCEL);
        return;
    }
    if (whole && stream.is_whole()) return;
    if (!in_doubt_ && stream.brought_nothing()) doubt();
    reset(stream, NGHTTP2_CANCEL);
}

// Whether the peer is still there is asked by SETTINGS that change nothing, which it has to
// acknowledge (RFC 9113, 6.5.3): a PING is what servers of gRPC end connections for. Else each
// request that a client gives up would cost a new connection, and this one lie idle.
void Connection::doubt() {
    in_doubt_ = true;
    nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, nullptr, 0);
}

void Connection::remember(std::shared_ptr<Stream> stream) {
    const std::int32_t id = stream->id();
    streams_[id] = std::move(stream);
}

Stream* Connection::find(std::int32_t id) const {
    const auto found = streams_.find(id);
    return found == streams_.end() ? nullptr : found->second.get();
}

void Connection::lose_streams() {
    std::vector<std::shared_ptr<Stream>> lost;
    lost.swap(news_);
    for (const std::shared_ptr<Stream>& stream : lost) stream->lost();
    for (const auto& [id, stream] : streams_) {
        stream->lost();
        lost.push_back(stream);
    }
    streams_.clear();
    for (const std::shared_ptr<Stream>& stream : lost) stream->tell();
}

}  // namespace whogoes::h2
