#include "proxy/net/reactor.hpp"

#include <boost/intrusive_ptr.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <mutex>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

// Linux: edge-triggered, every socket registered once for its whole life, so that no wait for bytes
// costs a system call. For room it is registered when somebody first waits for that: few ever do,
// and a unix socket is told of room whenever its peer reads.
namespace whogoes::net {
namespace {

Readiness readiness_of(std::uint32_t events) noexcept {
    Readiness told = Readiness::none;
    if ((events & EPOLLIN) != 0) told = told | Readiness::readable;
    if ((events & EPOLLOUT) != 0) told = told | Readiness::writable;
    if ((events & EPOLLRDHUP) != 0) told = told | Readiness::ended;
    if ((events & (EPOLLHUP | EPOLLERR)) != 0) told = told | Readiness::failed;
    return told;
}

}  // namespace

struct Ready::Registration {
    explicit Registration(int socket) : descriptor(socket) {}

    std::uint32_t events() const noexcept {
        return EPOLLRDHUP | EPOLLET | (for_octets ? EPOLLIN : 0U) | (for_room ? EPOLLOUT : 0U);
    }

    int descriptor;
    bool for_octets = true, for_room = false;
};

Ready::Ready() noexcept = default;
Ready::~Ready() = default;

struct Reactor::Impl {
    Impl();
    ~Impl();
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    bool control(int operation, const Ready::Registration&, Ready& one) const noexcept;
    void run_posted();
    void run_next_turn();
    void wait(int at_most_ms);

    int epoll = -1;
    int wake = -1;
    std::array<epoll_event, 256> events{};
    std::atomic<bool> stopped{false};
    std::vector<boost::intrusive_ptr<Ready>> retired;  // freed when no event can name them
    std::vector<std::coroutine_handle<>> next_turn;
    std::mutex mutex;
    std::vector<std::function<void()>> posted;
};

Reactor::Impl::Impl()
    : epoll(::epoll_create1(EPOLL_CLOEXEC)), wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (epoll < 0 || wake < 0) {
        const int error = errno;
        for (const int one : {epoll, wake})
            if (one >= 0) ::close(one);
        throw std::system_error(error, std::generic_category(), "cannot set up the event loop");
    }
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = nullptr;
    ::epoll_ctl(epoll, EPOLL_CTL_ADD, wake, &event);
}

Reactor::Impl::~Impl() {
    ::close(wake);
    ::close(epoll);
}

bool Reactor::Impl::control(int operation, const Ready::Registration& registration,
                            Ready& one) const noexcept {
    epoll_event event{};
    event.events = registration.events();
    event.data.ptr = &one;
    return ::epoll_ctl(epoll, operation, registration.descriptor, &event) == 0;
}

void Reactor::Impl::run_posted() {
    std::uint64_t count = 0;
    [[maybe_unused]] const ssize_t octets = ::read(wake, &count, sizeof count);
    std::vector<std::function<void()>> actions;
    {
        const std::lock_guard lock(mutex);
        actions.swap(posted);
    }
    for (const std::function<void()>& action : actions) action();
}

// Those that wait again while this runs have to wait for the turn after.
void Reactor::Impl::run_next_turn() {
    if (next_turn.empty()) return;
    std::vector<std::coroutine_handle<>> waiters;
    waiters.swap(next_turn);
    for (const std::coroutine_handle<> waiter : waiters) waiter.resume();
}

void Reactor::Impl::wait(int at_most_ms) {
    const int count =
        ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), at_most_ms);
    bool woken = false;
    for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        if (event.data.ptr == nullptr)
            woken = true;
        else
            static_cast<Ready*>(event.data.ptr)->ready(readiness_of(event.events));
    }
    if (woken) run_posted();
}

Reactor::Reactor() : impl_(std::make_unique<Impl>()) {}
Reactor::~Reactor() = default;

bool Reactor::add(int descriptor, Ready& one) {
    auto registration = std::make_unique<Ready::Registration>(descriptor);
    if (!impl_->control(EPOLL_CTL_ADD, *registration, one)) return false;
    one.registration_ = std::move(registration);
    intrusive_ptr_add_ref(&one);
    return true;
}

void Reactor::forget(Ready& one) { impl_->retired.emplace_back(&one, false); }

void Reactor::forget_copy(int descriptor, Ready& one) {
    ::epoll_ctl(impl_->epoll, EPOLL_CTL_DEL, descriptor, nullptr);
    forget(one);
}

void Reactor::tell_when(Ready& one, Readiness what) {
    Ready::Registration* const registration = one.registration_.get();
    if (registration == nullptr || registration->for_room || !has(what, Readiness::writable))
        return;
    // The kernel looks at once, so room that is there already is told of.
    registration->for_room = true;
    registration->for_room = impl_->control(EPOLL_CTL_MOD, *registration, one);
}

// Here, too: octets that are there are told of.
void Reactor::hear_octets(Ready& one, bool again) noexcept {
    Ready::Registration* const registration = one.registration_.get();
    if (registration == nullptr || registration->for_octets == again) return;
    registration->for_octets = again;
    impl_->control(EPOLL_CTL_MOD, *registration, one);
}

void Reactor::resume_next_turn(std::coroutine_handle<> waiter) {
    impl_->next_turn.push_back(waiter);
}

void Reactor::post(std::function<void()> action) {
    {
        const std::lock_guard lock(impl_->mutex);
        impl_->posted.push_back(std::move(action));
    }
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(impl_->wake, &one, sizeof one);
}

void Reactor::stop() {
    impl_->stopped.store(true, std::memory_order_relaxed);
    post([] {});
}

void Reactor::run(std::chrono::milliseconds interval, const std::function<void()>& tick) {
    using Clock = std::chrono::steady_clock;
    Impl& loop = *impl_;
    Clock::time_point now = Clock::now();
    Clock::time_point next_tick = now + interval;
    while (!loop.stopped.load(std::memory_order_relaxed)) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(next_tick - now);
        const bool idle = loop.next_turn.empty();
        loop.wait(idle ? static_cast<int>(std::max<std::int64_t>(0, left.count())) : 0);
        loop.run_next_turn();
        now = Clock::now();
        if (now >= next_tick) {
            tick();
            next_tick = now + interval;
        }
        loop.retired.clear();
    }
}

}  // namespace whogoes::net
