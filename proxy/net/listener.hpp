#pragma once

#include "proxy/net/address.hpp"
#include "proxy/net/reactor.hpp"

#include <boost/intrusive_ptr.hpp>

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

// Whoever owns listeners, as they see it.
class Doorkeeper {
public:
    // Whether one more may come in; asked before each accept(). Where not, the listener waits for
    // resume().
    virtual bool may_enter() = 0;
    virtual void nobody_came() = 0;                              // after may_enter()
    virtual void entered(int socket, const Endpoint& peer) = 0;  // the same; it is non-blocking
    virtual void out_of_descriptors() = 0;

protected:
    ~Doorkeeper() = default;
};

class Listener {
public:
    // Takes over the socket. Call tick() every now and then: accepting stops when file descriptors
    // are used up, and tick() lets it go on. Where the system grants no watch on the socket (it has
    // no space for one), flaw() says so until a tick() has got one; whoever connects waits so long.
    Listener(Reactor&, int socket, Doorkeeper&);
    ~Listener();

    void resume();  // there is a place again
    void tick();
    int flaw() const noexcept;  // errno; 0: it hears
    // Lets nobody in any more but those who are at the door; their clients try again and find the
    // port closed. What the kernel takes between the last accept() and close() is reset, so there
    // has to be a while between this and close().
    void turn_newcomers_away();
    // Accepts what the kernel already holds, then closes: a connection that was let in is served.
    // False: not all found a place; call it again when there may be one.
    bool close();
    int native() const;

private:
    struct Impl;
    boost::intrusive_ptr<Impl> impl_;
};

}  // namespace whogoes::net
