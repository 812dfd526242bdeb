#pragma once

#include "proxy/net/deadlines.hpp"
#include "proxy/net/pipe.hpp"
#include "proxy/net/reactor.hpp"
#include "proxy/net/task.hpp"

#include <boost/intrusive_ptr.hpp>

#include <chrono>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <sys/uio.h>

struct ssl_st;  // OpenSSL's SSL

// One stream of octets both ways: a connection (TCP or unix) with TLS or without, or one of several
// that share a connection (Channel). Non-blocking: the try_ functions act at
// once, and a coroutine suspends only where the kernel says "again". TLS sits on the socket itself
// (stream_bio). Not thread-safe: it belongs to one worker.
namespace whogoes::net {

class Channel;

enum class Io : std::uint8_t {
    ok,
    again,      // nothing possible now; wait
    closed,     // the peer ended the stream in good order
    failed,     // reset, TLS error, no route, …
    timed_out,  // the deadline passed while waiting
    cancelled,  // cancel() was called
};

struct IoResult {
    Io outcome = Io::ok;
    std::size_t octets = 0;
};

class Stream {
public:
    // Takes over a connected (or connecting) non-blocking socket.
    Stream(Reactor& reactor, Deadlines& deadlines, int socket);
    // Takes over what carries it instead.
    Stream(Reactor& reactor, Deadlines& deadlines, std::unique_ptr<Channel> channel);
    Stream() = default;
    Stream(Stream&&) noexcept = default;
    Stream& operator=(Stream&& other) noexcept;
    ~Stream();

    bool is_open() const noexcept;
    int native() const noexcept;  // -1: closed, or of a channel
    void close() noexcept;        // sends a TLS close_notify where that needs no waiting
    void reset() noexcept;  // closes with RST: the other side shall not take this for a good end
    void shut_write() noexcept;
    // The same, once all that goes with it is with the kernel: TLS has a word of its own to say.
    Task<Io> end_writing();

    // A wait that is under way when the deadline passes ends with timed_out, good to 100 ms. One
    // that passes while nobody waits has no effect: set it again before each phase.
    void set_deadline(std::chrono::milliseconds from_now);
    void clear_deadline() noexcept;

    IoResult try_read(char* at, std::size_t octets) noexcept;
    // Writes as much as the kernel takes; again with octets > 0 is progress.
    IoResult try_write(std::span<const iovec> pieces) noexcept;

    Task<IoResult> read_some(char* at, std::size_t octets);
    // ok, or what ended it; `pieces` is advanced over what was written.
    Task<Io> write_all(std::span<iovec> pieces);

    // The same for octets that nobody here looks at, through a pipe. Only where `has_pipes()`: of a
    // socket without TLS. An empty `pipe` is lent once there is something for it, and given back
    // while there is not; `again`: there is no pipe to be had, or what is there does not go through
    // one: read in the ordinary way.
    bool has_pipes() const noexcept;
    Task<IoResult> read_some(PipePool& pipes, Pipe& pipe, std::size_t at_most);
    // While it waits for room nothing more is read from `source`, and nothing heard of it.
    Task<Io> write_all(Pipe& pipe, Stream& source);

    class Wait;
    Wait readable() noexcept;  // co_await gives Io::ok, timed_out or cancelled
    Wait writable() noexcept;

    // Calls `watcher` once when bytes or the end arrive while no coroutine waits to read, until
    // unwatch(); at once when they are there already. Never on a false alarm. Used for a client
    // while the upstream works, and for idle pooled connections. `watcher` may destroy the stream.
    using Watcher = void (*)(void* context);
    void watch(Watcher watcher, void* context);
    void unwatch() noexcept;

    // Lets the kernel ask now and then whether the other side is still there, for waits that have
    // no deadline; one that has vanished fails them after two minutes. Not for unix sockets.
    void keep_asking() noexcept;

    // What is there without taking it: ok (bytes), closed, again (nothing), failed.
    Io peek() noexcept;

    // Octets wait in the kernel or decrypted. Under TLS they need not be data.
    bool has_unread() const noexcept;
    // Octets lie with the kernel that the other side's has not acknowledged.
    bool has_unsent() const noexcept;

    // Ends the waits that are under way with cancelled, and every later one at once.
    void cancel();
    // Ends only those that are under way; the stream stays usable.
    void interrupt();

    // Before start_tls(): whether what comes first is a letter, as a request without TLS begins and
    // no TLS record does (RFC 8446, 5.1). Waits for it and takes nothing.
    Task<bool> begins_in_plain();

    // TLS. The SSL object is taken over; handshake() must succeed before anything else is done.
    void start_tls(ssl_st* ssl);
    bool is_tls() const noexcept;  // also where the connection that it shares has it
    // TLS has taken bytes off the socket that no readiness will announce. They need not be data.
    bool has_decrypted() const noexcept;
    ssl_st* tls() const noexcept;
    Task<Io> handshake();
    bool speaks_h2() const noexcept;  // what ALPN settled on

    // Text of the last failure ("connection reset by peer", "certificate has expired").
    std::string failure() const;
    // It was that the other side's certificate is not to be trusted.
    bool distrusts() const noexcept;

    class State;  // shared with the reactor

private:
    void hear_octets(bool again) noexcept;

    boost::intrusive_ptr<State> state_;
};

// One reader and one writer may wait at a time. Under TLS either may have to wait for the other's
// direction, and for the same one at once: a read that meets a demand for new keys has to write.
class [[nodiscard]] Stream::Wait {
public:
    enum class Side : std::uint8_t { reader, writer };
    Wait(State& state, Side side, bool for_room) noexcept
        : state_(state), side_(side), for_room_(for_room) {}
    bool await_ready() const noexcept;
    void await_suspend(std::coroutine_handle<> waiter) const;
    Io await_resume() const noexcept;

private:
    State& state_;
    Side side_;
    bool for_room_;  // to write; else for octets to read
};

void intrusive_ptr_add_ref(Stream::State*) noexcept;
void intrusive_ptr_release(Stream::State*) noexcept;

}  // namespace whogoes::net
