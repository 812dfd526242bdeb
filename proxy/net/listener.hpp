#pragma once

#include "proxy/net/address.hpp"
#include "proxy/net/reactor.hpp"

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

// Another descriptor of the same socket, for another worker; no child has it. Throws
// std::system_error.
int same_socket(int socket);

class Listener {
public:
    // Called with each accepted, non-blocking socket.
    using OnAccept = std::function<void(int socket, const Endpoint& peer)>;

    // Takes over the socket. `paused` is called when accepting stops because file descriptors are
    // used up; call tick() every now and then, and it resumes. Where the system grants no watch on
    // the socket (epoll_ctl without space), flaw() says so until a tick() has got one; whoever
    // connects waits so long.
    Listener(Reactor&, int socket, OnAccept, std::function<void()> paused);
    ~Listener();

    void pause();  // the connection limit is reached
    void resume();
    void tick();                // tries again after descriptors or watches were used up
    int flaw() const noexcept;  // errno; 0: it hears
    // Lets nobody in any more but those who are at the door; their clients try again and find the
    // port closed. What the kernel takes between the last accept() and close() is reset, so there
    // has to be a while between this and close().
    void turn_newcomers_away();
    // Accepts what the kernel already holds, then closes: a connection that was let in is served.
    void close();
    int native() const;

private:
    struct Impl;
    boost::intrusive_ptr<Impl> impl_;
};

}  // namespace whogoes::net
