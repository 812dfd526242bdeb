#pragma once

#include "proxy/net/reactor.hpp"
#include "proxy/net/stream.hpp"

#include <cstddef>
#include <span>

// What carries a Stream that has no socket of its own: one of several that share a connection. The
// waits, the deadline, the watcher and who may end whom stay the Stream's; a Channel does what a
// socket's system calls do, and tells when there is something to read or room to write. It knows
// nothing of HTTP.
namespace whogoes::net {

class Channel {
public:
    Channel() = default;
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;
    virtual ~Channel() = default;

    // As Stream's functions of the same names. `again` is followed by a tell() once there is more.
    virtual IoResult try_read(char* at, std::size_t octets) noexcept = 0;
    virtual IoResult try_write(std::span<const iovec> pieces) noexcept = 0;
    virtual Io peek() noexcept = 0;
    virtual void shut_write() noexcept = 0;
    virtual void close() noexcept = 0;            // once, and nothing is asked behind it
    virtual void reset() noexcept = 0;            // the same
    virtual bool is_secure() const noexcept = 0;  // the shared connection has TLS
    virtual const char* failure() const noexcept = 0;

protected:
    // Wakes whoever waits for it, at once: the Stream, and this with it, may be gone afterwards.
    void tell(Readiness);

private:
    friend class Stream;
    Stream::State* state_ = nullptr;  // that it belongs to
};

}  // namespace whogoes::net
