#pragma once

#include <cstddef>

// Memory for coroutine frames: a thread keeps those that ended and hands them out again, by size.
// A request runs a dozen coroutines one after the other, and several are too large for malloc's own
// cache. Not an allocator for anything else.
namespace whogoes::net {

void* take_frame(std::size_t octets);
void give_frame_back(void* frame, std::size_t octets) noexcept;

}  // namespace whogoes::net
