#pragma once

#include "proxy/http/head.hpp"
#include "proxy/net/buffer.hpp"
#include "proxy/net/peers.hpp"
#include "proxy/net/stream.hpp"
#include "proxy/session/request_body.hpp"
#include "proxy/session/worker.hpp"
#include "proxy/upstream/pool.hpp"

#include <string>

// What lives as long as a client connection, and what lives as long as one exchange on it.
namespace whogoes::session {

// Who is at the other end of a client connection.
struct From {
    explicit From(const net::Endpoint&);
    std::string address;  // without port; empty: a unix socket's
    net::Peer peer;       // the same, to compare
};

// A client connection of HTTP/1.1; or one stream of an HTTP/2 connection, which serves one
// exchange.
struct Client {
    Worker& worker;
    net::Stream stream;
    const From from;
    const bool is_stream;             // of an HTTP/2 connection
    net::Buffer buffer;               // holds none while idle
    upstream::Lease pinned;           // NTLM and Negotiate: this client's own upstream connection
    std::string pinned_at;            // the origin that it leads to
    std::uint64_t pinned_number = 0;  // of the connection that carried the last handshake leg
    Registered registered;
    bool plain_on_tls = false;  // speaks no TLS where it should: gets one answer
    bool gone = false;          // seen to be closed while the upstream worked
    bool lingers = false;       // its end is waited for, a while: it may still be sending

    Client(Worker&, int socket, const net::Endpoint& from);
    Client(Worker&, net::Stream one_of_several, const From&);
    ~Client();
};

// http_2.cpp: whether the first octets are those of HTTP/2 with prior knowledge (RFC 9113, 3.3);
// reads until they tell, and leaves them in the buffer.
net::Task<bool> begins_http_2(Client&);

// http_2.cpp: serves an HTTP/2 connection to its end, each of its streams in a coroutine of its
// own.
net::Task<> serve_http_2(Client&);

// session.cpp: one request and its answer. True: there may be another. Never throws what a peer
// caused.
net::Task<bool> serve_one(Client&);

// linger.cpp: ends the writing side, then reads and drops what the client still sends, bounded in
// time and octets. A socket that is closed with octets unread resets, and a reset may destroy what
// the client has not read yet of its last answer (RFC 9112, 9.6).
net::Task<> linger(Client&);

// Memory of an exchange that is worth keeping for the next one.
struct Scratch {
    http::RequestHead request;
    http::ResponseHead answer;
    std::string sent_head;  // the request head as it goes out
    std::string added;      // what a patch adds
    std::string lines;      // whole field lines of ours
};

// A failure on the way, as an answer of our own.
struct Problem {
    int status = 0;            // of the answer; 0: there is nobody to answer
    std::string message{};     // cause and cure
    std::string_view allow{};  // with 405
    bool upstream_at_fault = false;

    static Problem client_gone() { return {}; }
    bool has_answer() const noexcept { return status != 0; }
};

}  // namespace whogoes::session
