#include "proxy/net/pipe.hpp"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace whogoes::net {
namespace {

// Where packets are small, each octet run of one takes a page's place in a pipe: with the usual
// sixteen a call would move 23 KB.
constexpr int pipe_octets = 256 * 1024;
constexpr unsigned at_once = SPLICE_F_MOVE | SPLICE_F_NONBLOCK;

}  // namespace

PipePool::~PipePool() {
    for (const Ends& ends : free_) {
        ::close(ends.in);
        ::close(ends.out);
    }
}

Pipe PipePool::lend() noexcept {
    Pipe pipe;
    if (refused_ || lent_ >= most_lent) return pipe;
    if (free_.empty()) {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return pipe;
        ::fcntl(ends[1], F_SETPIPE_SZ, pipe_octets);  // a smaller one does, too
        pipe.out_ = ends[0];
        pipe.in_ = ends[1];
    } else {
        pipe.in_ = free_.back().in;
        pipe.out_ = free_.back().out;
        free_.pop_back();
    }
    ++lent_;
    pipe.pool_ = this;
    return pipe;
}

void Pipe::release() noexcept {
    if (!*this) return;
    --pool_->lent_;
    if (empty() && pool_->free_.size() < PipePool::most_kept) {
        pool_->free_.push_back({in_, out_});
    } else {
        ::close(in_);
        ::close(out_);
    }
    in_ = out_ = -1;
    held_ = 0;
    pool_ = nullptr;
}

std::ptrdiff_t Pipe::take_from(int socket, std::size_t at_most) noexcept {
    const ssize_t moved = ::splice(socket, nullptr, in_, nullptr, at_most, at_once);
    if (moved > 0) held_ += static_cast<std::size_t>(moved);
    if (moved < 0 && (errno == EINVAL || errno == ENOSYS || errno == EPERM)) pool_->refused_ = true;
    return moved;
}

std::ptrdiff_t Pipe::give_to(int socket) noexcept {
    const ssize_t moved = ::splice(out_, nullptr, socket, nullptr, held_, at_once);
    if (moved > 0) held_ -= static_cast<std::size_t>(moved);
    return moved;
}

}  // namespace whogoes::net
