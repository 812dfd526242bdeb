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
constexpr std::chrono::seconds notice{1};  // between the word that the end is near and the last
constexpr std::chrono::seconds farewell{10};
constexpr std::chrono::seconds between_reads{2};
constexpr std::size_t most_dropped = std::size_t{16} * 1024 * 1024;
// An answer that was whole by its length, until the frame that ends its stream.
constexpr std::chrono::seconds late_end{5};

}  // namespace

Connection::Connection(net::Reactor& io, net::Deadlines& deadlines, net::Stream socket,
                       const Limits& limits, bool server)
    : io_(io),
      deadlines_(deadlines),
      socket_(std::move(socket)),
      limits_(limits),
      server_(server),
      framed_(server ? NGHTTP2_CLIENT_MAGIC_LEN : 0),  // the preface is no frame
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
        if (share.spent(one_write / 4)) co_await io_.next_turn();
    }
    flush();
    ended_ = true;
    lose_streams();
    if (!broken_) co_await say_the_rest();
    socket_.close();
}

// What was said last must not be destroyed by octets that nobody reads.
net::Task<> Connection::say_the_rest() {
    socket_.interrupt();  // whoever waits to write: what is left is written here
    socket_.set_deadline(limits_.idle);
    iovec rest{out_.data() + out_at_, out_.size() - out_at_};
    const std::span<iovec> pieces(&rest, 1);
    const net::Io written = co_await socket_.write_all(pieces);
    if (written != net::Io::ok) co_return;
    socket_.set_deadline(between_reads);
    const net::Io said = co_await socket_.end_writing();
    const net::Clock::time_point begin = deadlines_.now();
    std::size_t dropped = 0;
    while (said == net::Io::ok && dropped < most_dropped && deadlines_.now() - begin < farewell) {
        char scrap[1024];
        socket_.set_deadline(between_reads);
        const net::IoResult read = co_await socket_.read_some(scrap, sizeof scrap);
        if (read.outcome != net::Io::ok) co_return;
        dropped += read.octets;
    }
}

bool Connection::is_half() const noexcept { return received_ != framed_ || open_block_ != 0; }

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
    const net::Clock::time_point now = deadlines_.now();
    in_doubt_ = false;
    // DATA that comes slowly comes; its stream has a deadline of its own.
    if (!is_half() || in_data_) whole_since_ = now;
    receiving_ = true;
    const auto* const data = reinterpret_cast<const std::uint8_t*>(octets.data());
    const ssize_t taken = nghttp2_session_mem_recv(session_, data, octets.size());
    receiving_ = false;
    received_ += octets.size();
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

void Connection::count_frame(std::uint8_t type, std::uint8_t flags, std::size_t length) {
    constexpr std::size_t frame_head = 9;
    framed_ += frame_head + length;
    in_data_ = type == NGHTTP2_DATA;
    const net::Clock::time_point now = deadlines_.now();
    whole_since_ = now;
    const bool ends = (flags & NGHTTP2_FLAG_END_STREAM) != 0;
    const bool is_work = (type == NGHTTP2_DATA && (length > 0 || ends)) || type == NGHTTP2_HEADERS;
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
    in_doubt_ = in_doubt_ || stream.brought_nothing();
    reset(stream, NGHTTP2_CANCEL);
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
    look_at_ = drained_ + notice;
    socket_.set_deadline(notice);
    schedule_flush();
}

void Connection::end(std::uint32_t error_code) {
    nghttp2_session_terminate_session(session_, error_code);
    schedule_flush();
}

net::Clock::duration Connection::patience() const {
    if (draining_) return notice;
    const bool quiet = streams_.empty() && !is_half() && !has_unsent();
    if (!quiet) return std::min<net::Clock::duration>(housekeeping, limits_.frame);
    return std::max<net::Clock::duration>(busy_ + limits_.idle - deadlines_.now(), notice / 10);
}

// False: the connection ends.
bool Connection::keep_house() {
    const net::Clock::time_point now = deadlines_.now();
    if (!streams_.empty()) busy_ = now;
    if (!has_unsent()) wrote_ = now;
    if (is_half() && now - whole_since_ > limits_.frame) {
        complain("a frame did not arrive whole in time");
        end(NGHTTP2_PROTOCOL_ERROR);
        return false;
    }
    if (now - wrote_ > limits_.idle) {
        complain("it took nothing of what was sent");
        broken_ = true;
        return false;
    }
    for (const auto& [id, stream] : streams_) {
        if (stream->has_carrier()) continue;
        const net::Clock::duration most =
            server_ ? net::Clock::duration(limits_.idle) : net::Clock::duration(late_end);
        if ((!server_ || stream->pending() > 0) && now - stream->moved > most)
            reset(*stream, NGHTTP2_CANCEL);
    }
    if (draining_ && !last_word_ && now - drained_ >= notice) {
        last_word_ = true;
        nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE,
                              nghttp2_session_get_last_proc_stream_id(session_), NGHTTP2_NO_ERROR,
                              nullptr, 0);
    }
    const bool over = draining_ ? last_word_ : now - busy_ >= limits_.idle;
    if (!streams_.empty() || has_unsent() || !over) return true;
    end(NGHTTP2_NO_ERROR);
    return false;
}

void Connection::schedule_flush() {
    if (receiving_ || scheduled_ || ended_) return;
    scheduled_ = true;
    net::spawn(flush_later(), [this, alive = alive_](const std::exception_ptr&) {
        if (*alive) abandon();
    });
}

net::Task<> Connection::flush_later() {
    const std::shared_ptr<bool> alive = alive_;
    co_await io_.next_turn();
    if (!*alive) co_return;
    deliver();
    if (!*alive) co_return;
    scheduled_ = false;
    flush();
    // Whoever reads is woken last: it may end all of this.
    if (broken_) socket_.cancel();
}

void Connection::flush() {
    if (waiting_to_write_ || ended_ || broken_) return;
    if (flush_now()) return;
    waiting_to_write_ = true;
    net::spawn(flush_when_possible(), [this, alive = alive_](const std::exception_ptr&) {
        if (*alive) abandon();
    });
}

net::Task<> Connection::flush_when_possible() {
    const std::shared_ptr<bool> alive = alive_;
    for (;;) {
        const net::Io waited = co_await socket_.writable();
        if (!*alive) co_return;
        // The deadline is the reader's, which looks after what takes too long.
        if (waited != net::Io::ok && waited != net::Io::timed_out) break;
        if (waited == net::Io::timed_out) {
            // It may wait on a deadline that is over: its own turn to look comes first.
            co_await io_.next_turn();
            if (!*alive) co_return;
        }
        if (flush_now()) break;
    }
    waiting_to_write_ = false;
}

// The socket takes nothing any more. Whoever calls this is in the middle of it: the reader hears of
// it in the next turn.
void Connection::broke_off() {
    broken_ = true;
    out_at_ = out_.size();
    schedule_flush();
}

// False: the socket takes no more now.
bool Connection::flush_now() {
    for (;;) {
        if (!has_unsent()) {
            out_.clear();
            out_at_ = 0;
            wrote_ = deadlines_.now();
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
        if (sent.octets > 0) wrote_ = deadlines_.now();
        if (sent.outcome == net::Io::again) return false;
        if (sent.outcome == net::Io::ok) continue;
        broke_off();
        return true;
    }
}

}  // namespace whogoes::h2
