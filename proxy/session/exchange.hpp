#pragma once

#include "proxy/http/head.hpp"
#include "proxy/net/buffer.hpp"
#include "proxy/net/task.hpp"
#include "proxy/observe/observe.hpp"
#include "proxy/session/arrival.hpp"
#include "proxy/session/client.hpp"
#include "proxy/session/login.hpp"
#include "proxy/session/replay.hpp"
#include "proxy/session/trace.hpp"
#include "proxy/session/upload.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

// One exchange: a request of a client's, what comes of it, and what is noted about it. The steps
// (session.cpp calls them in turn) take it by reference; it lives in the session's frame.
namespace whogoes::session {

struct Exchange {
    explicit Exchange(Client&);
    ~Exchange();
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;

    Client& client;
    Worker& worker;
    std::shared_ptr<const settings::Settings> settings;  // those it began with
    std::shared_ptr<upstream::Pool> pool;
    std::unique_ptr<Scratch> scratch;
    net::Clock::time_point began{};
    net::Clock::time_point answered{};  // the upstream's head was complete

    http::RequestHead& request() const { return scratch->request; }
    http::ResponseHead& answer() const { return scratch->answer; }

    Arrival arrival;              // once the head is there
    std::size_t head_octets = 0;  // of the request, in client.buffer
    RequestBody body;
    upstream::Lease lease;
    Upload upload;
    net::Buffer answer_buffer;  // the answer's head and what came with it
    std::size_t answer_head_octets = 0;
    bool answer_whole = false;  // all of it lies in answer_buffer, and the lease may be gone
    Problem problem;

    bool keep_alive = false;                      // towards the client, after this exchange
    bool answer_started = false;                  // octets of a final answer went to the client
    std::chrono::seconds upstream_keep_alive{0};  // what its Keep-Alive said; 0: nothing
    bool pin = false;          // the upstream connection belongs to this client from now on
    int status = 0;            // what the client got
    bool nothing_sent = true;  // not one octet of the request went upstream
    int interims = 0;          // 1xx answers passed on
    net::Method method = net::Method::other;  // outlives the head's octets

    std::optional<Trace> trace;        // begun by us, once for all attempts
    std::vector<std::string> changes;  // what the client gets otherwise than the API sent it
    std::unique_ptr<observe::OpenEvent> event;  // where the exchange is worth a look
    std::unique_ptr<Replay> replay;             // where it was refused and a fresh token may help
    std::unique_ptr<Login> login;               // where it may bring a session back

    // Gives the lease back, where it is clean, or ends it.
    void release_lease(bool clean);
};

// A gRPC call may be silent on either side for as long as it likes, a watch for hours: whether it
// still lives is for its own deadline and for the connections under it to tell. Only over HTTP/2.
bool is_open_ended(const Exchange&);

// forward.cpp: gets an upstream connection, sends the head and what there is of the body, and reads
// the answer's head. False: exchange.problem says why, or that the client is gone.
net::Task<bool> forward(Exchange&);

// A body of which so much is left goes through a pipe (net/pipe) where nobody looks at it: less
// costs more calls of the kernel's than it saves copying.
inline constexpr std::uint64_t worth_a_pipe = 256 * 1024;

// relay.cpp: the answer's head, patched, and its body to the client. False: it broke off.
net::Task<bool> relay(Exchange&);

// relay.cpp: what follows the answer, once the exchange is recorded: the heads' octets may be
// overwritten now. False: the connection to the client must end.
net::Task<bool> finish(Exchange&, bool whole);

// Watches the client while nobody reads from it: when it ends, the upstream request is aborted.
// Whoever may have begun that ends it with a WatchedClient.
void watch_client(Exchange&);

// While it lives the client may be watched; nobody watches it any more behind its end.
class WatchedClient {
public:
    explicit WatchedClient(Exchange& exchange) noexcept : exchange_(exchange) {}
    ~WatchedClient() { exchange_.client.stream.unwatch(); }
    WatchedClient(const WatchedClient&) = delete;
    WatchedClient& operator=(const WatchedClient&) = delete;

private:
    Exchange& exchange_;
};

// tunnel.cpp: after a 101, bytes both ways until either side ends.
net::Task<> tunnel(Exchange&);

// own_answer.cpp: sends exchange.problem. False: the connection to the client must end.
net::Task<bool> answer_ourselves(Exchange&);

// own_answer.cpp: whether the connection may serve another request after an answer of our own.
bool may_keep_after_own_answer(const Exchange&);

// own_answer.cpp: an answer of our own with exchange.status, head and body. `lines`: further whole
// lines for its head.
std::string render_own_answer(const Exchange&, std::string_view message, std::string_view lines,
                              bool keep);

// own_answer.cpp: sends an answer that is whole in `text`, head and body. False: the connection to
// the client must end.
net::Task<bool> send_own_answer(Exchange&, std::string text, bool keep);

}  // namespace whogoes::session
