#pragma once

#include <chrono>

// Coarse timers: every stream of a worker that waits for something hangs in one list, and one sweep
// every 100 ms ends the waits that took too long. No timer and no clock call per operation.
namespace whogoes::net {

using Clock = std::chrono::steady_clock;

class Deadlines;

// What can expire. Leaves the list when it dies.
class Expiring {
public:
    Expiring() = default;
    Expiring(const Expiring&) = delete;
    Expiring& operator=(const Expiring&) = delete;

protected:
    virtual ~Expiring() { unlink(); }
    void link(Deadlines& deadlines, Clock::time_point at);
    void unlink() noexcept;

private:
    friend class Deadlines;
    virtual void expire() = 0;  // may destroy this and any other stream

    Expiring* previous_ = nullptr;
    Expiring* next_ = nullptr;
    Clock::time_point at_{};
};

class Deadlines {
public:
    Deadlines();
    ~Deadlines();
    Deadlines(const Deadlines&) = delete;
    Deadlines& operator=(const Deadlines&) = delete;

    // The time of the last sweep: good to 100 ms.
    Clock::time_point now() const noexcept { return now_; }

    void sweep(Clock::time_point now);

private:
    friend class Expiring;
    struct Anchor final : Expiring {
        void expire() override {}
    };
    Anchor head_;  // a ring; new ones go in front of the head
    Clock::time_point now_;
};

}  // namespace whogoes::net
