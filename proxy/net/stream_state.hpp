#pragma once

#include "proxy/net/channel.hpp"
#include "proxy/net/stream.hpp"

#include <openssl/ssl.h>

#include <cerrno>
#include <cstddef>
#include <memory>
#include <span>
#include <unistd.h>
#include <utility>

struct bio_st;  // OpenSSL's BIO

// The inside of a Stream, for its source files.
namespace whogoes::net {

struct FreeSsl {
    void operator()(ssl_st* ssl) const noexcept { SSL_free(ssl); }
};

// Outlives the Stream until no event of the reactor's can name it. Readiness may come as edges:
// `read_pending` keeps one until a read has found nothing more, so that no edge is lost.
class Stream::State final : public Expiring, public Ready {
public:
    State(Reactor& reactor_of_worker, Deadlines& deadlines_of_worker, int socket)
        : reactor(reactor_of_worker), deadlines(deadlines_of_worker) {
        if (reactor.add(socket, *this)) {
            descriptor = socket;
        } else {
            last_error = errno;
            ::close(socket);
        }
    }

    State(Reactor& reactor_of_worker, Deadlines& deadlines_of_worker,
          std::unique_ptr<Channel> carrier)
        : reactor(reactor_of_worker), deadlines(deadlines_of_worker), channel(std::move(carrier)) {}

    struct Waiter {
        std::coroutine_handle<> coroutine;
        bool for_room = false;

        explicit operator bool() const noexcept { return coroutine != nullptr; }
        bool hears(bool octets, bool room) const noexcept {
            return coroutine && (for_room ? room : octets);
        }
        void resume() { std::exchange(coroutine, {}).resume(); }
    };

    bool is_open() const noexcept { return descriptor >= 0 || (channel && !channel_closed); }
    void tell_when(Readiness wanted) {
        if (!channel) reactor.tell_when(*this, wanted);
    }

    void ready(Readiness told) override {
        if (!is_open()) return;
        const bool ending = has(told, Readiness::ended | Readiness::failed);
        end_seen = end_seen || ending;
        const bool octets = has(told, Readiness::readable) || ending;
        const bool room = has(told, Readiness::writable | Readiness::failed);
        if (octets) read_pending = true;
        if (reader.hears(octets, room))
            reader.resume();
        else if (octets && !reader && watcher != nullptr)
            tell_watcher();
        if (writer.hears(octets, room)) writer.resume();
        go_on_watching();
    }

    void go_on_watching() {
        if (watcher != nullptr) tell_when(Readiness::readable);
    }

    // Less than was asked for: the queue was empty then, and new bytes will be a new edge; but an
    // end that came with these bytes was a part of their edge.
    void note_short_read() noexcept { read_pending = end_seen; }

    // A read may find something, and no edge would tell of it.
    bool has_news() const noexcept { return read_pending || tls_unread; }

    // Readiness can be old news, or a TLS record without data: look before calling.
    void tell_watcher() {
        if (look() == Io::again) {
            read_pending = false;
            return;
        }
        std::exchange(watcher, nullptr)(watcher_context);
    }

    Io look() noexcept;
    IoResult try_read(Pipe& into, std::size_t at_most) noexcept;
    IoResult try_write(Pipe& from) noexcept;

    void end_waits(Io why) {
        ended = why;
        const boost::intrusive_ptr<State> self(this);
        if (reader) reader.resume();
        if (writer) writer.resume();
    }

    void expire() override {
        if (reader || writer) end_waits(Io::timed_out);
    }

    void set_deadline(std::chrono::milliseconds from_now) {
        if (ended == Io::timed_out) ended = Io::ok;
        link(deadlines, deadlines.now() + from_now);
    }
    using Expiring::unlink;

    void close_descriptor() noexcept {
        unlink();
        watcher = nullptr;
        if (channel) {
            channel_closed = true;
        } else {
            reactor.forget(*this);
            ::close(std::exchange(descriptor, -1));
        }
        if (reader || writer) end_waits(Io::cancelled);
    }

    Reactor& reactor;
    int descriptor = -1;
    Deadlines& deadlines;
    std::unique_ptr<ssl_st, FreeSsl> ssl;
    const std::unique_ptr<Channel> channel{};  // in place of a socket; lives as long as this
    bool channel_closed = false;
    Waiter reader, writer;
    Watcher watcher = nullptr;
    void* watcher_context = nullptr;
    // A reset is not forgotten over what comes of it.
    void note_failure(int error) noexcept {
        if (last_error != ECONNRESET) last_error = error;
    }
    int last_error = 0;
    unsigned long last_tls_error = 0;
    long verify_result = 0;
    Io ended = Io::ok;
    bool read_pending = false, end_seen = false, interrupting = false;
    bool read_wants_write = false, write_wants_read = false, tls_failed = false;
    bool tls_unread = false;  // OpenSSL has taken bytes that no call has looked at so far
};

// TLS on the socket itself: what try_read(), try_write() and peek() do there.
IoResult tls_read(Stream::State&, char* at, std::size_t octets) noexcept;
IoResult tls_write(Stream::State&, std::span<const iovec> pieces) noexcept;
Io tls_peek(Stream::State&) noexcept;

// Reads and writes the socket and keeps `read_pending` true. Null: no memory.
bio_st* way_to_socket(Stream::State&);

}  // namespace whogoes::net
