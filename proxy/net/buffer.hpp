#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

// Byte buffers of a worker, lent and given back, so that an idle connection holds none.
namespace whogoes::net {

class BufferPool;

// A contiguous run of bytes inside a block: read in at the back, consumed at the front.
class Buffer {
public:
    Buffer() = default;
    Buffer(Buffer&& other) noexcept { swap(other); }
    Buffer& operator=(Buffer&& other) noexcept {
        swap(other);
        return *this;
    }
    ~Buffer() { release(); }

    explicit operator bool() const noexcept { return block_ != nullptr; }
    char* begin() noexcept { return block_.get() + begin_; }
    std::string_view view() const noexcept { return {block_.get() + begin_, end_ - begin_}; }
    std::size_t size() const noexcept { return end_ - begin_; }
    bool empty() const noexcept { return begin_ == end_; }
    char* space() noexcept { return block_.get() + end_; }
    std::size_t room() const noexcept { return capacity_ - end_; }
    std::size_t capacity() const noexcept { return capacity_; }

    void filled(std::size_t octets) noexcept { end_ += octets; }
    void consume(std::size_t octets) noexcept {
        begin_ += octets;
        if (begin_ == end_) begin_ = end_ = 0;
    }
    void clear() noexcept { begin_ = end_ = 0; }
    void append(std::string_view bytes) {
        if (room() < bytes.size()) make_room(bytes.size());
        std::memcpy(space(), bytes.data(), bytes.size());
        filled(bytes.size());
    }
    // Room for at least this many more octets: slides the content to the front, or grows.
    void make_room(std::size_t octets) {
        if (begin_ > 0 && capacity_ - size() >= octets) {
            std::memmove(block_.get(), block_.get() + begin_, size());
        } else if (room() < octets) {
            std::size_t capacity = capacity_ == 0 ? octets : capacity_ * 2;
            while (capacity < size() + octets) capacity *= 2;
            std::unique_ptr<char[]> block(new char[capacity]);
            if (!empty()) std::memcpy(block.get(), block_.get() + begin_, size());
            block_ = std::move(block);
            capacity_ = capacity;
        } else {
            return;
        }
        end_ -= begin_;
        begin_ = 0;
    }
    void release() noexcept;  // back to the pool; empty afterwards
    // Keeps the content alone, elsewhere; the block goes back to the pool.
    void shrink() {
        Buffer small;
        small.append(view());
        swap(small);
    }

private:
    friend class BufferPool;
    void swap(Buffer& other) noexcept {
        std::swap(block_, other.block_);
        std::swap(capacity_, other.capacity_);
        std::swap(begin_, other.begin_);
        std::swap(end_, other.end_);
        std::swap(pool_, other.pool_);
    }

    std::unique_ptr<char[]> block_;
    std::size_t capacity_ = 0, begin_ = 0, end_ = 0;
    BufferPool* pool_ = nullptr;
};

// Keeps a few blocks of one size. Outlives every buffer it lent; not thread-safe.
class BufferPool {
public:
    static constexpr std::size_t block_octets = 64 * 1024;
    static constexpr std::size_t most_kept = 32;

    Buffer lend() {
        Buffer buffer;
        buffer.pool_ = this;
        buffer.capacity_ = block_octets;
        if (free_.empty()) {
            buffer.block_.reset(new char[block_octets]);
        } else {
            buffer.block_ = std::move(free_.back());
            free_.pop_back();
        }
        return buffer;
    }

private:
    friend class Buffer;
    std::vector<std::unique_ptr<char[]>> free_;
};

inline void Buffer::release() noexcept {
    if (block_ && pool_ != nullptr && capacity_ == BufferPool::block_octets &&
        pool_->free_.size() < BufferPool::most_kept)
        pool_->free_.push_back(std::move(block_));
    block_.reset();
    capacity_ = begin_ = end_ = 0;
    pool_ = nullptr;
}

}  // namespace whogoes::net
