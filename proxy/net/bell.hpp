#pragma once

#include "proxy/net/deadlines.hpp"

#include <chrono>
#include <coroutine>
#include <utility>

// Lets one coroutine wait until another rings, or until a while is over (good to 100 ms). Unlike a
// Signal it rings as often as one likes; what rings while nobody waits is not kept.
namespace whogoes::net {

class Bell final : public Expiring {
public:
    explicit Bell(Deadlines& deadlines) noexcept : deadlines_(deadlines) {}

    void ring() {
        unlink();
        rung_ = true;
        if (waiter_) std::exchange(waiter_, {}).resume();
    }

    class Wait;
    Wait rung();                                          // co_await gives true
    Wait rung_within(std::chrono::milliseconds at_most);  // or false: nobody rang

private:
    void expire() override {
        if (waiter_) std::exchange(waiter_, {}).resume();
    }

    Deadlines& deadlines_;
    std::coroutine_handle<> waiter_;
    bool rung_ = false;
};

class [[nodiscard]] Bell::Wait {
public:
    explicit Wait(Bell& bell) noexcept : bell_(bell) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiter) const noexcept { bell_.waiter_ = waiter; }
    bool await_resume() const noexcept { return bell_.rung_; }

private:
    Bell& bell_;
};

inline Bell::Wait Bell::rung() {
    rung_ = false;
    return Wait(*this);
}

inline Bell::Wait Bell::rung_within(std::chrono::milliseconds at_most) {
    rung_ = false;
    link(deadlines_, deadlines_.now() + at_most);
    return Wait(*this);
}

}  // namespace whogoes::net
