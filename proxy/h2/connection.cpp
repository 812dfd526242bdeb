#include "proxy/h2/connection.hpp"

#include "proxy/h2/callbacks.hpp"

#include <algorithm>
#include <nghttp2/nghttp2.h>
#include <utility>

namespace whogoes::h2 {
namespace {

// What is gathered for one write; nghttp2 gives frames of up to 16 KiB one by one.
constexpr std::size_t one_write = std::size_t{64} * 1024;
constexpr std::chrono::seconds housekeeping{2};
constexpr std::chrono::seconds farewell{1};

}  // namespace

Connection::Connection(net::Reactor& io, net::Deadlines& deadlines, net::Stream socket,
                       const Limits& limits, bool server)
    : io_(io),
      deadlines_(deadlines),
      socket_(std::move(socket)),
      limits_(limits),
      server_(server),
      whole_since_(deadlines.now()),
      busy_(deadlines.now()),
      resets_(limits.resets_at_once, limits.resets_per_second),
      idle_frames_(limits.idle_frames_at_once, limits.idle_frames_per_second) {
    session_ = new_session(*this);
    announce();
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
        if (!going || ended_) break;
        if (nghttp2_session_want_read(session_) == 0 && nghttp2_session_want_write(session_) == 0)
            break;
        socket_.set_deadline(std::chrono::ceil<std::chrono::milliseconds>(patience()));
        if (!socket_.has_decrypted()) {
            const net::Io waited = co_await socket_.readable();
            if (waited == net::Io::timed_out) {
                going = keep_house();
                continue;
            }
            if (waited != net::Io::ok) break;
        }
        net::Io outcome = net::Io::ok;
        going = read_once(outcome);
        if (outcome != net::Io::ok && outcome != net::Io::again) break;
        if (share.spent(one_write / 4)) co_await io_.next_turn();
    }
    flush();
    ended_ = true;
    lose_streams();
    // What was said last must not be destroyed by octets that nobody reads.
    socket_.set_deadline(farewell);
    const net::Io said = co_await socket_.end_writing();
    for (std::size_t dropped = 0; said == net::Io::ok && dropped < 16 * one_write;) {
        char scrap[1024];
        const net::IoResult read = co_await socket_.read_some(scrap, sizeof scrap);
        if (read.outcome != net::Io::ok) break;
        dropped += read.octets;
    }
    socket_.close();
}

// False: nothing more may be read.
bool Connection::read_once(net::Io& outcome) {
    // Of the thread, since nothing waits while it is in use: an idle connection holds none.
    static thread_local char scratch[one_write];
    const net::IoResult read = socket_.try_read(scratch, sizeof scratch);
    outcome = read.outcome;
    return read.outcome != net::Io::ok || receive({scratch, read.octets});
}

void Connection::abandon() {
    ended_ = true;
    socket_.close();
}

bool Connection::receive(std::string_view octets) {
    const auto is_half = [this] { return received_ != framed_ || open_block_ != 0; };
    if (!is_half()) whole_since_ = deadlines_.now();
    receiving_ = true;
    const auto* const data = reinterpret_cast<const std::uint8_t*>(octets.data());
    const ssize_t taken = nghttp2_session_mem_recv(session_, data, octets.size());
    receiving_ = false;
    received_ += octets.size();
    if (!is_half()) whole_since_ = deadlines_.now();
    if (taken >= 0) return true;
    if (complaint_.empty()) complain(nghttp2_strerror(static_cast<int>(taken)));
    nghttp2_session_terminate_session(session_, taken == NGHTTP2_ERR_FLOODED
                                                    ? NGHTTP2_ENHANCE_YOUR_CALM
                                                    : NGHTTP2_PROTOCOL_ERROR);
    return false;
}

void Connection::complain(std::string words) {
    if (complaint_.empty()) complaint_ = std::move(words);
}

void Connection::count_frame(std::uint8_t type, std::uint8_t flags, std::size_t length) {
    constexpr std::size_t frame_head = 9;
    framed_ += frame_head + length;
    const net::Clock::time_point now = deadlines_.now();
    whole_since_ = now;
    const bool ends = (flags & NGHTTP2_FLAG_END_STREAM) != 0;
    const bool brings_something = (type == NGHTTP2_DATA && (length > 0 || ends)) ||
                                  type == NGHTTP2_HEADERS || type == NGHTTP2_CONTINUATION ||
                                  type == NGHTTP2_WINDOW_UPDATE || type == NGHTTP2_RST_STREAM;
    const bool fair =
        type == NGHTTP2_RST_STREAM ? resets_.take(now) : brings_something || idle_frames_.take(now);
    if (fair) return;
    complain(type == NGHTTP2_RST_STREAM ? "too many streams were reset"
                                        : "too many frames that bring nothing");
    end(NGHTTP2_ENHANCE_YOUR_CALM);
}

// What makes us reset streams costs as much as resets of the peer's own.
void Connection::count_own_reset() {
    if (resets_.take(deadlines_.now())) return;
    complain("too many streams had to be reset");
    end(NGHTTP2_ENHANCE_YOUR_CALM);
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
    const bool whole = !broken && stream.head_sent() && stream.out_ended_;
    if (server_ && !whole)
        reset(stream, stream.head_sent() ? NGHTTP2_INTERNAL_ERROR : NGHTTP2_CANCEL);
    if (!server_ && !(whole && stream.ended_by_peer())) reset(stream, NGHTTP2_CANCEL);
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

void Connection::drain() {
    if (draining_ || ended_) return;
    draining_ = true;
    drained_ = deadlines_.now();
    // First a word that nothing new is wanted, then, when it has arrived, which the last one was.
    if (server_) nghttp2_submit_shutdown_notice(session_);
    socket_.set_deadline(farewell);
    schedule_flush();
}

void Connection::end(std::uint32_t error_code) {
    nghttp2_session_terminate_session(session_, error_code);
    schedule_flush();
}

net::Clock::duration Connection::patience() const {
    if (draining_) return farewell;
    const bool quiet = streams_.empty() && received_ == framed_ && open_block_ == 0;
    if (!quiet) return std::min<net::Clock::duration>(housekeeping, limits_.frame);
    return std::max<net::Clock::duration>(busy_ + limits_.idle - deadlines_.now(), farewell / 10);
}

// False: the connection ends.
bool Connection::keep_house() {
    const net::Clock::time_point now = deadlines_.now();
    if (!streams_.empty()) busy_ = now;
    if ((received_ != framed_ || open_block_ != 0) && now - whole_since_ > limits_.frame) {
        complain("a frame did not arrive whole in time");
        end(NGHTTP2_PROTOCOL_ERROR);
        return false;
    }
    for (const auto& [id, stream] : streams_)
        if (!stream->has_carrier() && stream->pending() > 0 && now - stream->moved > limits_.idle)
            reset(*stream, NGHTTP2_CANCEL);
    if (draining_ && !last_word_ && now - drained_ >= farewell) {
        last_word_ = true;
        nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE,
                              nghttp2_session_get_last_proc_stream_id(session_), NGHTTP2_NO_ERROR,
                              nullptr, 0);
    }
    const bool over = draining_ ? last_word_ : now - busy_ >= limits_.idle;
    if (!streams_.empty() || !over) return true;
    end(NGHTTP2_NO_ERROR);
    return false;
}

void Connection::schedule_flush() {
    if (receiving_ || scheduled_ || ended_) return;
    scheduled_ = true;
    net::spawn(flush_later(), [](const std::exception_ptr&) {});
}

net::Task<> Connection::flush_later() {
    const std::shared_ptr<bool> alive = alive_;
    co_await io_.next_turn();
    if (!*alive) co_return;
    deliver();
    if (!*alive) co_return;
    scheduled_ = false;
    flush();
}

void Connection::flush() {
    if (waiting_to_write_ || ended_) return;
    if (flush_now()) return;
    waiting_to_write_ = true;
    net::spawn(flush_when_possible(), [](const std::exception_ptr&) {});
}

net::Task<> Connection::flush_when_possible() {
    const std::shared_ptr<bool> alive = alive_;
    for (;;) {
        const net::Io waited = co_await socket_.writable();
        if (!*alive) co_return;
        // The deadline is the reader's, which looks after what takes too long.
        if (waited != net::Io::ok && waited != net::Io::timed_out) break;
        if (waited == net::Io::timed_out && !keep_house()) break;
        if (waited == net::Io::timed_out)
            socket_.set_deadline(std::chrono::ceil<std::chrono::milliseconds>(patience()));
        if (flush_now()) break;
    }
    waiting_to_write_ = false;
}

// False: the socket takes no more now.
bool Connection::flush_now() {
    for (;;) {
        if (out_at_ == out_.size()) {
            out_.clear();
            out_at_ = 0;
            receiving_ = true;  // nghttp2 is at work: what happens is told later
            while (out_.size() < one_write) {
                const std::uint8_t* frame = nullptr;
                const ssize_t octets = nghttp2_session_mem_send(session_, &frame);
                if (octets <= 0) break;
                out_.append(reinterpret_cast<const char*>(frame), static_cast<std::size_t>(octets));
            }
            receiving_ = false;
            if (!news_.empty()) schedule_flush();
            if (out_.empty()) {
                out_ = std::string();
                return true;
            }
        }
        const iovec piece{out_.data() + out_at_, out_.size() - out_at_};
        const net::IoResult sent = socket_.try_write({&piece, 1});
        out_at_ += sent.octets;
        if (sent.outcome == net::Io::again) return false;
        if (sent.outcome != net::Io::ok) {
            socket_.cancel();
            return true;
        }
    }
}

}  // namespace whogoes::h2
