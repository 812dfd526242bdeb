#pragma once

#include "proxy/net/frames.hpp"

#include <coroutine>
#include <cstddef>
#include <exception>
#include <optional>
#include <utility>

// A coroutine that computes a T for the one coroutine that awaits it: lazy, single-threaded, owned
// by whoever holds it. Not asio::awaitable: an own type lets a readiness callback resume a waiter
// directly, which asio::awaitable has no public way for, and saves its thread bookkeeping.
//
// A child is started by a plain call inside await_suspend and resumes its parent by a plain call,
// so nothing depends on tail calls, which g++ makes at -O2 only: a loop over children that finish
// at once does not grow the stack.
namespace whogoes::net {

namespace detail {

struct PromiseBase {
    std::coroutine_handle<> parent;  // set once the child has suspended
    std::exception_ptr failure;

    struct FinalAwaiter {
        bool await_ready() const noexcept { return false; }
        template <class Promise>
        void await_suspend(std::coroutine_handle<Promise> self) const noexcept {
            // The parent destroys this frame while it runs; nothing may be touched afterwards.
            if (const std::coroutine_handle<> waiting = self.promise().parent) waiting.resume();
        }
        void await_resume() const noexcept {}
    };

    std::suspend_always initial_suspend() const noexcept { return {}; }
    FinalAwaiter final_suspend() const noexcept { return {}; }
    void unhandled_exception() noexcept { failure = std::current_exception(); }

    static void* operator new(std::size_t octets) { return take_frame(octets); }
    static void operator delete(void* frame, std::size_t octets) noexcept {
        give_frame_back(frame, octets);
    }
};

}  // namespace detail

template <class T = void>
class [[nodiscard]] Task;

namespace detail {

template <class T>
struct Promise : PromiseBase {
    std::optional<T> value;
    Task<T> get_return_object() noexcept;
    template <class U>
    void return_value(U&& result) {
        value.emplace(std::forward<U>(result));
    }
    T take() { return std::move(*value); }
};

template <>
struct Promise<void> : PromiseBase {
    Task<void> get_return_object() noexcept;
    void return_void() const noexcept {}
    void take() const noexcept {}
};

}  // namespace detail

template <class T>
class [[nodiscard]] Task {
public:
    using promise_type = detail::Promise<T>;
    using Handle = std::coroutine_handle<promise_type>;

    explicit Task(Handle handle) noexcept : handle_(handle) {}
    Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
    Task& operator=(Task&& other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~Task() {
        if (handle_) handle_.destroy();
    }

    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> parent) const {
        handle_.resume();
        if (handle_.done()) return false;
        handle_.promise().parent = parent;
        return true;
    }
    T await_resume() const {
        if (handle_.promise().failure) std::rethrow_exception(handle_.promise().failure);
        return handle_.promise().take();
    }

private:
    Handle handle_;
};

namespace detail {

template <class T>
Task<T> Promise<T>::get_return_object() noexcept {
    return Task<T>(std::coroutine_handle<Promise<T>>::from_promise(*this));
}
inline Task<void> Promise<void>::get_return_object() noexcept {
    return Task<void>(std::coroutine_handle<Promise<void>>::from_promise(*this));
}

// The frame that keeps a spawned task alive; it destroys itself at its end.
struct Detached {
    struct promise_type {
        Detached get_return_object() const noexcept { return {}; }
        std::suspend_never initial_suspend() const noexcept { return {}; }
        std::suspend_never final_suspend() const noexcept { return {}; }
        void return_void() const noexcept {}
        void unhandled_exception() const noexcept { std::terminate(); }
    };
};

}  // namespace detail

// Runs a task to its first suspension now, and the rest as its waits end. An exception that leaves
// it goes to `failed`, and ends nothing else.
template <class Failed>
detail::Detached spawn(Task<void> task, Failed failed) {
    std::exception_ptr failure;
    try {
        co_await task;
    } catch (...) {
        failure = std::current_exception();
    }
    if (failure) failed(failure);
}

// Lets one coroutine wait until another says so. At most one waiter.
class Signal {
public:
    void raise() {
        raised_ = true;
        if (waiter_) std::exchange(waiter_, {}).resume();
    }
    bool raised() const noexcept { return raised_; }

    bool await_ready() const noexcept { return raised_; }
    void await_suspend(std::coroutine_handle<> waiter) noexcept { waiter_ = waiter; }
    void await_resume() const noexcept {}

private:
    std::coroutine_handle<> waiter_;
    bool raised_ = false;
};

}  // namespace whogoes::net
