#include "proxy/net/frames.hpp"

#include <array>
#include <new>

namespace whogoes::net {
namespace {

constexpr std::size_t step = 64;
constexpr std::size_t largest = 4096;
constexpr int most_kept = 64;  // of one size

// A sanitizer must see each frame end.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool recycles = false;
#else
constexpr bool recycles = true;
#endif

struct Free {
    Free* next;
};

struct Kept {
    Free* first = nullptr;
    int count = 0;
};

struct Frames {
    std::array<Kept, largest / step> sizes{};

    ~Frames() {
        for (Kept& kept : sizes) {
            while (kept.first != nullptr) {
                Free* const frame = kept.first;
                kept.first = frame->next;
                ::operator delete(frame);
            }
            kept.count = most_kept;  // a frame that ends after this thread's own is not kept
        }
    }
};

thread_local Frames frames;

std::size_t size_class(std::size_t octets) { return (octets - 1) / step; }

}  // namespace

void* take_frame(std::size_t octets) {
    if (!recycles || octets > largest) return ::operator new(octets);
    Kept& kept = frames.sizes[size_class(octets)];
    if (kept.first == nullptr) return ::operator new((size_class(octets) + 1) * step);
    Free* const frame = kept.first;
    kept.first = frame->next;
    --kept.count;
    return frame;
}

void give_frame_back(void* frame, std::size_t octets) noexcept {
    if (!recycles || octets > largest) return ::operator delete(frame);
    Kept& kept = frames.sizes[size_class(octets)];
    if (kept.count >= most_kept) return ::operator delete(frame);
    kept.first = ::new (frame) Free{kept.first};
    ++kept.count;
}

}  // namespace whogoes::net
