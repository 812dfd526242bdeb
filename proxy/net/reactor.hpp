#pragma once

#include <boost/intrusive_ptr.hpp>

#include <atomic>
#include <chrono>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <sys/epoll.h>
#include <vector>

// A worker's event loop: epoll, edge-triggered, every socket registered once for its whole life.
// Not Asio's io_context, whose every wait for readiness is one more epoll_ctl, which a request pays
// twice; the control thread, where that does not matter, runs on Asio.
namespace whogoes::net {

// What is told about a socket. Counted, because events of one batch may speak of a socket that an
// earlier event of the same batch has closed.
class Ready {
public:
    Ready() = default;
    Ready(const Ready&) = delete;
    Ready& operator=(const Ready&) = delete;

    virtual void ready(std::uint32_t events) = 0;  // EPOLLIN and its like

protected:
    virtual ~Ready() = default;

private:
    friend void intrusive_ptr_add_ref(Ready* one) noexcept { ++one->references_; }
    friend void intrusive_ptr_release(Ready* one) noexcept {
        if (--one->references_ == 0) delete one;
    }
    int references_ = 0;
};

class Reactor {
public:
    Reactor();  // throws std::system_error
    ~Reactor();
    Reactor(const Reactor&) = delete;
    Reactor& operator=(const Reactor&) = delete;

    // From now until forget(), `one` hears of every edge. False: errno says why.
    bool add(int descriptor, Ready& one);
    void forget(Ready& one);  // call it before the descriptor is closed

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
    void run_posted();
    void run_next_turn();

    int epoll_ = -1;
    int wake_ = -1;
    std::atomic<bool> stopped_{false};
    std::vector<boost::intrusive_ptr<Ready>> retired_;  // freed when no event can name them
    std::vector<std::coroutine_handle<>> next_turn_;
    std::mutex mutex_;
    std::vector<std::function<void()>> posted_;
};

class [[nodiscard]] Reactor::NextTurn {
public:
    explicit NextTurn(Reactor& reactor) noexcept : reactor_(reactor) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiter) const {
        reactor_.next_turn_.push_back(waiter);
    }
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
