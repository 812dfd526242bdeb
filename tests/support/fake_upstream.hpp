#pragma once

#include "tests/support/rig_message.hpp"
#include "tests/support/rig_wire.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

// The API behind the proxy, played by a thread a connection: each request takes the next step of a
// script, which says in plain reads and writes what becomes of it. Records every request.
namespace whogoes::support {

class FakeUpstream;

// Answered at once, past the script and unrecorded.
inline constexpr std::string_view settle_target = "/settle";

// One request's turn on one upstream connection.
struct Talk {
    FakeUpstream& upstream;
    Wire& wire;
    std::size_t connection = 0;  // in order of arrival, from 0
    std::size_t index = 0;       // of this request among all
    Message request{};           // its head has come, its body not yet

    void read_body();
    void send(std::string_view bytes) { wire.send(bytes); }
    void answer(std::string_view bytes) {
        read_body();
        send(bytes);
    }
};

using Step = std::function<void(Talk&)>;

struct FakeUpstreamOptions {
    std::string unix_path{};    // empty: TCP on a port of the system's choice
    ssl_ctx_st* tls = nullptr;  // not owned
    int backlog = 128;
    bool accepts = true;  // false: connections stay in the backlog for ever
};

class FakeUpstream {
public:
    explicit FakeUpstream(FakeUpstreamOptions);
    ~FakeUpstream();

    void will(Step);  // for the next request that nothing else is said about
    void will_answer(std::string bytes);
    void will_answer_and_close(std::string bytes);
    void always(Step);  // where the script has nothing more

    const net::Endpoint& endpoint() const { return endpoint_; }
    std::vector<Message> requests() const;
    Message request(std::size_t index) const;  // waits for it
    std::size_t connections() const { return accepted_.load(); }
    void wait_for_ended(std::size_t connections);   // that the proxy closed or reset
    std::vector<std::string> server_names() const;  // SNI of each connection
    std::vector<bool> resumed() const;              // of each connection: its TLS session
    void stop();
    // What went wrong on this side; an error in a step stands here too. The rig fails a test on it.
    std::vector<std::string> failures() const;
    void forgive(std::string beginning);  // failures that begin so are what the test wants

private:
    friend struct Talk;
    struct Connection {
        explicit Connection(int socket) : wire(socket) {}
        Wire wire;
        std::thread thread;
    };
    void accept();
    void serve(Connection&, std::size_t number);
    Step next_step();
    std::size_t record(const Message&, Step&);
    void complete(std::size_t index, const Message&);

    FakeUpstreamOptions options_;
    int listener_ = -1;
    net::Endpoint endpoint_;
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::deque<Step> script_;
    Step always_;
    std::vector<Message> requests_;
    std::vector<std::string> failures_, server_names_, forgiven_;
    std::vector<bool> resumed_;
    std::vector<std::unique_ptr<Connection>> connections_;
    std::atomic<std::size_t> accepted_{0};
    std::size_t ended_ = 0;
    bool stopping_ = false;
    std::thread acceptor_;
};

}  // namespace whogoes::support
