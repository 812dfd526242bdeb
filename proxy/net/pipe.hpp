#pragma once

#include <cstddef>
#include <utility>
#include <vector>

// Pipes of the kernel's, through which octets go from one socket to another that nobody here looks
// at: they are neither copied nor seen by this process (splice(2)). Stream reads into one and
// writes from one. Elsewhere there are none, and whoever wants one does without.
namespace whogoes::net {

class PipePool;

class Pipe {
public:
    Pipe() = default;
    Pipe(Pipe&& other) noexcept { swap(other); }
    Pipe& operator=(Pipe&& other) noexcept {
        swap(other);
        return *this;
    }
    ~Pipe() { release(); }

    explicit operator bool() const noexcept { return out_ >= 0; }
    std::size_t size() const noexcept { return held_; }
    bool empty() const noexcept { return held_ == 0; }
    void release() noexcept;  // back to the pool; ended where octets are left in it

    // One splice(2), at once; what it gave, and errno. Of a socket that does not wait.
    std::ptrdiff_t take_from(int socket, std::size_t at_most) noexcept;
    std::ptrdiff_t give_to(int socket) noexcept;

private:
    friend class PipePool;
    void swap(Pipe& other) noexcept {
        std::swap(in_, other.in_);
        std::swap(out_, other.out_);
        std::swap(held_, other.held_);
        std::swap(pool_, other.pool_);
    }

    int in_ = -1, out_ = -1;
    std::size_t held_ = 0;
    PipePool* pool_ = nullptr;
};

// A worker's. Outlives every pipe it lent; not thread-safe.
class PipePool {
public:
    // Each is two descriptors, and what lies in it is the kernel's memory: a peer that takes
    // nothing keeps one.
    static constexpr std::size_t most_lent = 64;
    static constexpr std::size_t most_kept = 4;

    PipePool() = default;
    ~PipePool();
    PipePool(const PipePool&) = delete;
    PipePool& operator=(const PipePool&) = delete;

    Pipe lend() noexcept;  // none: too many are out, or the system has none
    // This system has no splice(2), or none for sockets, or does not let us use it: there will be
    // no more pipes.
    bool refused() const noexcept { return refused_; }

private:
    friend class Pipe;
    struct Ends {
        int in, out;
    };
    std::vector<Ends> free_;
    std::size_t lent_ = 0;
    bool refused_ = false;
};

}  // namespace whogoes::net
