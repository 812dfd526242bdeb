#pragma once

#include <chrono>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

// A worker's event loop, which tells sockets what they are ready for. Two are there: epoll itself
// (reactor_epoll, Linux) and Boost.Asio (reactor_asio, wherever that runs); the build's
// WHOGOES_REACTOR takes one. What the choice costs stands in proxy/README.md. No timers but one
// tick (see Deadlines), and no reading or writing.
namespace whogoes::net {

// What a socket is ready for: one of these, or several at once.
enum class Readiness : std::uint8_t {
    none = 0,
    readable = 1,  // octets, an end, or a connection to accept
    writable = 2,
    ended = 4,   // the other side sends no more; only where the reactor learns it by itself
    failed = 8,  // neither side goes on
};

constexpr Readiness operator|(Readiness one, Readiness other) noexcept {
    return static_cast<Readiness>(static_cast<unsigned>(one) | static_cast<unsigned>(other));
}
// Whether `one` is in `all`; of several, whether any is.
constexpr bool has(Readiness all, Readiness one) noexcept {
    return (static_cast<unsigned>(all) & static_cast<unsigned>(one)) != 0;
}

class Reactor;

// What is told about a socket. Counted, because the reactor may still hold word of a socket that an
// earlier word of the same turn has closed.
class Ready {
public:
    Ready() noexcept;
    Ready(const Ready&) = delete;
    Ready& operator=(const Ready&) = delete;

    virtual void ready(Readiness) = 0;

protected:
    virtual ~Ready();

private:
    friend class Reactor;
    friend void intrusive_ptr_add_ref(Ready* one) noexcept { ++one->references_; }
    friend void intrusive_ptr_release(Ready* one) noexcept {
        if (--one->references_ == 0) delete one;
    }
    int references_ = 0;
    struct Registration;  // what the reactor keeps for it, if anything
    std::unique_ptr<Registration> registration_;
};

class Reactor {
public:
    Reactor();  // throws std::system_error
    ~Reactor();
    Reactor(const Reactor&) = delete;
    Reactor& operator=(const Reactor&) = delete;

    // From now until forget(), `one` may be told. False: errno says why.
    bool add(int descriptor, Ready& one);
    void forget(Ready& one);  // call it before the descriptor is closed
    // The same for a descriptor that others hold copies of, as workers do of a unix listener's:
    // closing it takes it from no list of the kernel's, so that costs a system call.
    void forget_copy(int descriptor, Ready& one);
    // Whoever begins to wait says so: a reactor that is told of edges knows by itself, another one
    // asks the kernel now. `one` hears of this readiness once after, and may hear of more.
    void tell_when(Ready& one, Readiness readable_or_writable);

    // Whoever will not read for a while may have no word of octets that come: each would wake the
    // loop for nothing. What came meanwhile is told of once it hears again. A reactor that tells of
    // nothing unasked does nothing here.
    void hear_octets(Ready& one, bool again) noexcept;

    // co_await it: all else that is ready goes first, and the coroutine goes on in the loop's next
    // turn. Whoever may find both its sides ready for ever has to (see Share).
    class NextTurn;
    NextTurn next_turn() noexcept;

    // From any thread: runs on the loop's thread, after what was posted before.
    void post(std::function<void()> action);
    void stop();

    // Runs until stop(), calling `tick` about every `interval`.
    void run(std::chrono::milliseconds interval, const std::function<void()>& tick);

private:
    void resume_next_turn(std::coroutine_handle<> waiter);

    struct Impl;
    const std::unique_ptr<Impl> impl_;
};

class [[nodiscard]] Reactor::NextTurn {
public:
    explicit NextTurn(Reactor& reactor) noexcept : reactor_(reactor) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiter) const { reactor_.resume_next_turn(waiter); }
    void await_resume() const noexcept {}

private:
    Reactor& reactor_;
};

inline Reactor::NextTurn Reactor::next_turn() noexcept { return NextTurn(*this); }

// What one coroutine may do before others get their turn. A fast peer is always ready, so that no
// wait ends a loop over its octets: the worker's other connections would stand still meanwhile.
class Share {
public:
    static constexpr std::size_t most_octets = std::size_t{512} * 1024;

    // Counts what was moved. True: that is enough, the next turn is somebody else's.
    bool spent(std::size_t octets) noexcept {
        moved_ += octets;
        if (moved_ < most_octets) return false;
        moved_ = 0;
        return true;
    }

private:
    std::size_t moved_ = 0;
};

}  // namespace whogoes::net
