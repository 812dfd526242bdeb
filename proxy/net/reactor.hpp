#pragma once

#include <boost/intrusive_ptr.hpp>

#include <atomic>
#include <chrono>
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

    // From any thread: runs on the loop's thread, after what was posted before.
    void post(std::function<void()> action);
    void stop();

    // Runs until stop(), calling `tick` about every `interval`.
    void run(std::chrono::milliseconds interval, const std::function<void()>& tick);

private:
    void run_posted();

    int epoll_ = -1;
    int wake_ = -1;
    std::atomic<bool> stopped_{false};
    std::vector<boost::intrusive_ptr<Ready>> retired_;  // freed when no event can name them
    std::mutex mutex_;
    std::vector<std::function<void()>> posted_;
};

}  // namespace whogoes::net
