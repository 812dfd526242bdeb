#include "proxy/h2/connection.hpp"

#include <algorithm>
#include <nghttp2/nghttp2.h>

// How a connection ends: what takes too long, drain, and the last words.
namespace whogoes::h2 {
namespace {

constexpr std::chrono::seconds housekeeping{2};
constexpr std::chrono::seconds notice{1};  // between the word that the end is near and the last
// An answer that was whole by its length, until the frame that ends its stream.
constexpr std::chrono::seconds late_end{5};
constexpr std::chrono::seconds farewell{10};
constexpr std::chrono::seconds between_reads{2};
constexpr std::size_t most_dropped = std::size_t{16} * 1024 * 1024;

}  // namespace

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
    // Nobody waits for a process that is to end longer than for a client that was just let in.
    const std::chrono::seconds most = draining_ ? notice : farewell;
    while (said == net::Io::ok && dropped < most_dropped && deadlines_.now() - begin < most) {
        char scrap[1024];
        socket_.set_deadline(std::min(most, between_reads));
        const net::IoResult read = co_await socket_.read_some(scrap, sizeof scrap);
        if (read.outcome != net::Io::ok) co_return;
        dropped += read.octets;
    }
}

}  // namespace whogoes::h2
