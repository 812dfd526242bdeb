#pragma once

#include "proxy/h2/allowance.hpp"
#include "proxy/h2/frame_heads.hpp"
#include "proxy/h2/limits.hpp"
#include "proxy/h2/own_resets.hpp"
#include "proxy/h2/stream.hpp"
#include "proxy/net/stream.hpp"
#include "proxy/net/task.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

struct nghttp2_session;

// One HTTP/2 connection (RFC 9113) and what both its sides have in common: nghttp2 does frames,
// HPACK and flow control; here are the socket, the limits that it leaves to the application, and
// the streams. Belongs to one worker. What has happened to streams is told once nghttp2 has
// returned, never from within it; what is to be sent goes out once a turn, so that many answers
// share a write.
namespace whogoes::h2 {

class Connection {
public:
    Connection(net::Reactor&, net::Deadlines&, net::Stream socket, const Limits&, bool server);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    virtual ~Connection();

    // Reads and serves until the connection ends. `came`: what was read of it before.
    net::Task<> run(std::string_view came);
    // No new streams; those under way end well, and then it ends (RFC 9113, 6.8).
    void drain();
    // Streams under way end now.
    void end(std::uint32_t error_code);

    bool is_server() const noexcept { return server_; }
    bool is_secure() const noexcept { return socket_.is_tls(); }
    bool is_alive() const noexcept { return !ended_; }
    std::size_t streams() const noexcept { return streams_.size(); }
    const Limits& limits() const noexcept { return limits_; }
    std::size_t answer_room() const noexcept;  // of a stream, by how many there are
    // Whether anything came since a request was given up that brought nothing: its peer may be
    // gone.
    bool is_in_doubt() const noexcept { return in_doubt_; }
    // Whether its peer speaks HTTP/2 at all: SETTINGS come first (RFC 9113, 3.4).
    bool has_settings() const noexcept { return has_settings_; }
    // Why it ended, where that was its peer's doing: for the log; empty else.
    const std::string& complaint() const noexcept { return complaint_; }

    // ---- for its streams
    void has_news(std::shared_ptr<Stream>);
    void consumed(std::int32_t id, std::size_t octets, bool closed);
    void resume(Stream&);
    void reset(Stream&, std::uint32_t error_code);
    void send_head(Stream&, const SplitHead&, bool ends);
    void send_interim(Stream&, const SplitHead&);
    void let_go(Stream&, bool broken);

protected:
    nghttp2_session* session() const noexcept { return session_; }
    net::Reactor& reactor() const noexcept { return io_; }
    net::Deadlines& deadlines() const noexcept { return deadlines_; }
    void schedule_flush();
    void flush();
    void remember(std::shared_ptr<Stream>);
    Stream* find(std::int32_t id) const;
    void complain(std::string words);
    void abandon();  // its socket ends, and run() with it

private:
    friend struct Callbacks;
    // A field block of the peer's is whole.
    virtual void block_came(Stream&, int category, bool ends) = 0;
    // One begins. False: there is no such stream (any more).
    virtual bool begin_block(std::int32_t id, int category) = 0;
    // Once nghttp2 has returned: streams that began.
    virtual void start_new_ones() {}
    // What a request's head goes out as; -1: it cannot.
    virtual std::int32_t submit(Stream&, const SplitHead&, bool ends) = 0;

    void announce();
    bool read_once(net::Io& outcome);
    bool receive(std::string_view octets);
    void count_frame(const FrameHead&);
    void count_own_reset();
    void check_stream(const FrameHead&);
    void deliver();
    bool flush_now();
    net::Task<> flush_later();
    net::Task<> flush_when_possible();
    net::Task<> say_the_rest();
    void broke_off();
    bool keep_house();
    bool is_half() const noexcept;  // a frame or a field block has begun to arrive
    bool has_unsent() const noexcept { return out_at_ < out_.size(); }
    void lose_streams();
    void doubt();
    net::Clock::duration patience() const;

    net::Reactor& io_;
    net::Deadlines& deadlines_;
    net::Stream socket_;
    const Limits limits_;
    const bool server_;
    nghttp2_session* session_ = nullptr;
    std::unordered_map<std::int32_t, std::shared_ptr<Stream>> streams_;
    std::vector<std::shared_ptr<Stream>> news_;
    std::string out_;
    std::size_t out_at_ = 0;
    bool receiving_ = false, scheduled_ = false, waiting_to_write_ = false, broken_ = false;
    bool ended_ = false, draining_ = false, last_word_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);

    FrameHeads frames_;
    bool in_data_ = false;                  // the latest is DATA
    net::Clock::time_point look_at_{};      // the next look at what takes too long
    net::Clock::time_point whole_since_{};  // nothing half was there then, or later
    net::Clock::time_point busy_{};         // the last stream was there
    net::Clock::time_point wrote_{};        // the socket took octets, or there were none
    net::Clock::time_point drained_{};
    bool in_doubt_ = false, has_settings_ = false;
    std::int32_t open_block_ = 0;  // of this stream; 0: none
    Allowance resets_, idle_frames_;
    OwnResets own_resets_;
    std::string complaint_;
};

}  // namespace whogoes::h2
