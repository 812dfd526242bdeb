#include "proxy/h2/connection.hpp"

#include <nghttp2/nghttp2.h>
#include <utility>

// What a connection sends, and when: once a turn, as much as the socket takes.
namespace whogoes::h2 {
namespace {

// What is gathered for one write; nghttp2 gives frames of up to 16 KiB one by one.
constexpr std::size_t one_write = std::size_t{64} * 1024;

}  // namespace

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
