#include "proxy/net/reactor.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace whogoes::net {

Reactor::Reactor()
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (epoll_ < 0 || wake_ < 0)
        throw std::system_error(errno, std::generic_category(), "cannot set up the event loop");
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = nullptr;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event);
}

Reactor::~Reactor() {
    ::close(wake_);
    ::close(epoll_);
}

bool Reactor::add(int descriptor, Ready& one) {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.ptr = &one;
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) != 0) return false;
    intrusive_ptr_add_ref(&one);
    return true;
}

void Reactor::forget(Ready& one) { retired_.emplace_back(&one, false); }

void Reactor::post(std::function<void()> action) {
    {
        const std::lock_guard lock(mutex_);
        posted_.push_back(std::move(action));
    }
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(wake_, &one, sizeof one);
}

void Reactor::stop() {
    stopped_.store(true, std::memory_order_relaxed);
    post([] {});
}

void Reactor::run_posted() {
    std::uint64_t count = 0;
    [[maybe_unused]] const ssize_t octets = ::read(wake_, &count, sizeof count);
    std::vector<std::function<void()>> actions;
    {
        const std::lock_guard lock(mutex_);
        actions.swap(posted_);
    }
    for (const std::function<void()>& action : actions) action();
}

// Those that wait again while this runs have to wait for the turn after.
void Reactor::run_next_turn() {
    if (next_turn_.empty()) return;
    std::vector<std::coroutine_handle<>> waiters;
    waiters.swap(next_turn_);
    for (const std::coroutine_handle<> waiter : waiters) waiter.resume();
}

void Reactor::run(std::chrono::milliseconds interval, const std::function<void()>& tick) {
    using Clock = std::chrono::steady_clock;
    std::array<epoll_event, 256> events{};
    Clock::time_point now = Clock::now();
    Clock::time_point next_tick = now + interval;
    while (!stopped_.load(std::memory_order_relaxed)) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(next_tick - now);
        const int timeout =
            next_turn_.empty() ? static_cast<int>(std::max<std::int64_t>(0, left.count())) : 0;
        const int count =
            ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), timeout);
        bool posted = false;
        for (int i = 0; i < count; ++i) {
            const epoll_event& event = events[static_cast<std::size_t>(i)];
            if (event.data.ptr == nullptr)
                posted = true;
            else
                static_cast<Ready*>(event.data.ptr)->ready(event.events);
        }
        if (posted) run_posted();
        run_next_turn();
        now = Clock::now();
        if (now >= next_tick) {
            tick();
            next_tick = now + interval;
        }
        retired_.clear();
    }
}

}  // namespace whogoes::net
