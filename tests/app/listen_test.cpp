#include "proxy/app/listen.hpp"

#include "tests/report/scratch.hpp"

#include <doctest/doctest.h>

#include <exception>
#include <fcntl.h>
#include <string>
#include <sys/resource.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace whogoes::app {
namespace {

// The lowest number that a descriptor would get now.
int next_descriptor() {
    const int next = ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    ::close(next);
    return next;
}

TEST_CASE("workers share a unix socket by descriptors that no child inherits") {
    const report::Scratch scratch;
    std::string bound;
    const std::vector<int> sockets =
        open_for_workers({.host = "", .port = 0, .unix_path = scratch.path("s")}, 3, bound);
    CHECK(sockets.size() == 3);
    CHECK(bound == "unix:" + scratch.path("s"));
    for (const int socket : sockets) {
        CHECK((::fcntl(socket, F_GETFD) & FD_CLOEXEC) != 0);
        ::close(socket);
    }
}

TEST_CASE("a descriptor that cannot be had is said before a worker hears of it, and none is left") {
    const report::Scratch scratch;
    rlimit before{};
    ::getrlimit(RLIMIT_NOFILE, &before);
    const int next = next_descriptor();
    rlimit tight = before;
    tight.rlim_cur = static_cast<rlim_t>(next) + 1;  // for the first socket and no other
    ::setrlimit(RLIMIT_NOFILE, &tight);
    std::string bound, said;
    std::exception_ptr thrown;
    try {
        open_for_workers({.host = "", .port = 0, .unix_path = scratch.path("s")}, 2, bound);
    } catch (...) {
        thrown = std::current_exception();  // a sanitizer wants descriptors to look at it
    }
    ::setrlimit(RLIMIT_NOFILE, &before);
    REQUIRE(thrown);
    try {
        std::rethrow_exception(thrown);
    } catch (const std::system_error& error) {
        said = error.what();
    }
    CHECK(said == "cannot share unix:" + scratch.path("s") + " among workers: Too many open files");
    CHECK(next_descriptor() == next);
}

}  // namespace
}  // namespace whogoes::app
