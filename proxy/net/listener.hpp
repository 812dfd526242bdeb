#pragma once

#include "proxy/net/address.hpp"
#include "proxy/net/stream.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <memory>
#include <string>

// Listening sockets. Each worker of a TCP address has one of its own (SO_REUSEPORT), so that they
// share nothing; a unix path has one socket that the workers accept from in turn.
namespace whogoes::net {

// Opens, binds and listens; non-blocking. Throws std::system_error that names the address.
// A stale unix socket file that nobody listens on is replaced.
int open_listener(const Endpoint&, bool share_port);

// The endpoint a socket is bound to (port 0 gets its number).
Endpoint bound_endpoint(int socket);

class Listener {
public:
    // Called with each accepted, non-blocking socket.
    using OnAccept = std::function<void(int socket, const Endpoint& peer)>;

    // Takes over the socket. `paused` is called when accepting stops because file descriptors are
    // used up; it resumes by itself.
    Listener(IoContext&, int socket, OnAccept, std::function<void()> paused);
    ~Listener();

    void pause();  // the connection limit is reached
    void resume();
    // Accepts what the kernel already holds, then closes: a connection that was let in is served.
    void close();
    int native() const;

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace whogoes::net
