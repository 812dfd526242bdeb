#pragma once

#include "proxy/net/address.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>

struct ssl_st;
struct ssl_ctx_st;
struct ssl_session_st;

// A test's end of a connection: blocking, plain or TLS, with an upper bound on every wait. Knows
// nothing of HTTP and shares no code with the streams that it tests.
namespace whogoes::support {

// What runs into this is a failed test; nothing that passes comes near it.
inline constexpr std::chrono::seconds patience{60};

enum class End { open, closed, reset };

struct WireError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

class Wire {
public:
    explicit Wire(int socket);  // takes it over
    static Wire to(const net::Endpoint&);
    static Wire between(const net::Endpoint& from, const net::Endpoint& to);
    Wire(Wire&&) noexcept;
    Wire& operator=(Wire&&) noexcept;
    ~Wire();

    // Shakes hands on either side; throws WireError with OpenSSL's reason. A client may offer to
    // resume a session.
    void secure_as_client(ssl_ctx_st*, ssl_session_st* resume = nullptr);
    void secure_as_server(ssl_ctx_st*);
    ssl_st* tls() const { return tls_.get(); }

    void send(std::string_view);      // throws where the other side is gone
    bool try_send(std::string_view);  // false: it is gone
    // As many octets of this letter as the other side takes without reading any.
    std::size_t send_until_full(char letter);

    std::string read_exactly(std::size_t octets);
    std::string read_through(std::string_view mark);  // the mark included
    std::string read_some();                          // at least one octet; empty: the end
    std::string read_to_end();                        // end() says how it ended
    bool has_more();                                  // waits for an octet or the end
    End end() const { return end_; }

    void half_close();
    void close();
    void reset();
    void interrupt();  // from any thread: whoever waits finds the end
    int native() const { return socket_; }

private:
    void shake_hands();
    bool receive();
    bool wait(short events, std::chrono::milliseconds at_most = patience);
    struct FreeSsl {
        void operator()(ssl_st*) const noexcept;
    };

    int socket_ = -1;
    std::unique_ptr<ssl_st, FreeSsl> tls_;
    std::string unread_;
    End end_ = End::open;
};

// Holds one thread until another lets it go.
class Gate {
public:
    void open();
    void wait();  // throws WireError where nobody opens

private:
    std::mutex mutex_;
    std::condition_variable opened_;
    bool open_ = false;
};

// Asks until `condition` holds; false where it never does. For counters, which no socket announces.
bool eventually(const std::function<bool()>& condition);

}  // namespace whogoes::support
