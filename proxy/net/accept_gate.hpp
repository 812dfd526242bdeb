#pragma once

#include <atomic>
#include <cstddef>

// How many client connections may be open at a time, over all listeners of all workers. Counts and
// decides; whoever owns the listeners accepts, and tries again when it is told that it may.
namespace whogoes::net {

// Of a process.
struct Places {
    std::atomic<std::size_t> taken{0};
    // Listeners that are closing but may still have somebody at the door.
    std::atomic<std::size_t> closing_doors{0};

    bool nobody_left() const noexcept {
        return taken.load(std::memory_order_relaxed) == 0 &&
               closing_doors.load(std::memory_order_relaxed) == 0;
    }
};

// Of a worker. Not thread-safe but for what it shares with the others of its process.
class AcceptGate {
public:
    explicit AcceptGate(Places& of_process) : places_(of_process) {}

    // Before each accept(): takes a place. False: there is none, and the gate is shut; it stays so
    // until reopen(), since somebody waits, whoever else gets in meanwhile.
    bool enter(std::size_t limit) noexcept;
    // The connection that had a place has ended, or nobody was at the door.
    void leave() noexcept;

    bool is_shut() const noexcept { return shut_; }
    // Opens a gate that is shut where there is a place again. True: it did, so whoever was sent
    // away may come back.
    bool reopen(std::size_t limit) noexcept;

private:
    Places& places_;
    bool shut_ = false;
};

}  // namespace whogoes::net
