#include "proxy/net/buffer.hpp"

#include <doctest/doctest.h>

#include <string>

namespace whogoes::net {
namespace {

TEST_CASE("what is appended at the back is consumed at the front") {
    BufferPool pool;
    Buffer buffer = pool.lend();
    CHECK(buffer.empty());
    CHECK(buffer.room() == BufferPool::block_octets);
    buffer.append("hello ");
    buffer.append("world");
    buffer.consume(6);
    CHECK(buffer.view() == "world");
    buffer.consume(5);
    CHECK(buffer.empty());
    CHECK(buffer.room() == BufferPool::block_octets);  // an empty one starts again at the front
}

TEST_CASE("room is made at the front before memory is asked for") {
    BufferPool pool;
    Buffer buffer = pool.lend();
    buffer.append(std::string(BufferPool::block_octets, 'a'));
    buffer.consume(BufferPool::block_octets - 10);
    buffer.append(std::string(1000, 'b'));
    CHECK(buffer.capacity() == BufferPool::block_octets);
    CHECK(buffer.view() == std::string(10, 'a') + std::string(1000, 'b'));
    buffer.append(std::string(BufferPool::block_octets, 'c'));
    CHECK(buffer.capacity() > BufferPool::block_octets);
    CHECK(buffer.size() == 1010 + BufferPool::block_octets);
    CHECK(buffer.view().substr(1005, 10) == "bbbbbccccc");
}

TEST_CASE("a buffer of no pool grows from nothing") {
    Buffer buffer;
    CHECK_FALSE(buffer);
    buffer.append("some");
    CHECK(buffer.view() == "some");
}

TEST_CASE("a block goes back to its pool and is lent again; one that grew does not") {
    BufferPool pool;
    Buffer first = pool.lend();
    const char* const block = first.begin();
    first.append("secret");
    first.release();
    CHECK_FALSE(first);
    Buffer second = pool.lend();
    CHECK(second.begin() == block);
    CHECK(second.empty());
    second.make_room(BufferPool::block_octets + 1);
    second.release();
    Buffer third = pool.lend();
    CHECK(third.capacity() == BufferPool::block_octets);
}

TEST_CASE("a buffer that shrinks holds what is in it, and its block is lent again") {
    BufferPool pool;
    Buffer buffer = pool.lend();
    const char* const block = buffer.begin();
    buffer.append("used kept");
    buffer.consume(5);
    buffer.shrink();
    CHECK(buffer.view() == "kept");
    CHECK(buffer.capacity() == 4);
    CHECK(pool.lend().begin() == block);
    buffer.append(" and more");
    CHECK(buffer.view() == "kept and more");
}

TEST_CASE("a moved buffer takes its block along") {
    BufferPool pool;
    Buffer first = pool.lend();
    first.append("some");
    Buffer second = std::move(first);
    CHECK(second.view() == "some");
    second = pool.lend();
    CHECK(second.empty());
}

}  // namespace
}  // namespace whogoes::net
