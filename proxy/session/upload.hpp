#pragma once

#include "proxy/net/buffer.hpp"
#include "proxy/net/task.hpp"
#include "proxy/session/client.hpp"

#include <chrono>
#include <optional>

namespace whogoes::session {

struct Exchange;

// The rest of a request body on its way upstream, in a coroutine of its own beside the one that
// reads the answer: an upstream may answer before it has read everything. Only bodies that did not
// come whole with their head need it. Joined before the exchange ends.
class Upload {
public:
    enum class State : std::uint8_t {
        idle,  // never started
        running,
        sent,           // the whole body went upstream
        client_gone,    // the client ended, or was silent for too long (timed_out)
        client_broken,  // the body is not what its framing says
        upstream_gone,  // the upstream takes no more; its answer may still be there
        stopped,
        kept,  // read to its end for a replay; it did not all go upstream
    };

    // Before start(): keeps up to so many octets of what it sends, for a replay.
    void keep(std::size_t at_most);
    // What is kept so far may become the whole of it.
    bool keeps() const noexcept { return keeps_; }
    std::string_view kept() const noexcept { return kept_; }
    // Once it no longer runs: the rest of the body, from the client into what is kept. False: it is
    // too large, has trailers, or broke off.
    net::Task<bool> keep_rest(Exchange&);

    void start(Exchange&);
    State state() const noexcept { return state_; }
    bool running() const noexcept { return state_ == State::running; }
    bool client_failed() const noexcept {
        return state_ == State::client_gone || state_ == State::client_broken;
    }
    bool timed_out() const noexcept { return timed_out_; }
    std::string_view flaw() const noexcept { return flaw_; }

    // Ends it where it stands and waits until it has ended.
    net::Task<> stop(Exchange&);
    // Waits until it has ended by itself.
    net::Task<> join();

    // What was read beyond the body: the start of the next request.
    net::Buffer& surplus() noexcept { return buffer_; }

private:
    net::Task<> run(Exchange&);
    net::Task<State> send_rest(Exchange&);
    bool may_go_unseen(const Exchange&, bool text) const;
    net::Task<std::optional<State>> send_unseen(Exchange&, std::chrono::milliseconds patience);
    void ended(Exchange&, State);
    void keep_portion(const RequestBody&, std::string_view bytes);

    State state_ = State::idle;
    bool timed_out_ = false;
    bool stopping_ = false;
    std::string_view flaw_;
    bool keeps_ = false;
    bool all_read_ = false;
    std::size_t most_kept_ = 0;
    std::string kept_;
    net::Buffer buffer_;
    net::Signal finished_;
};

}  // namespace whogoes::session
