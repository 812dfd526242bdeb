#include "proxy/net/listener.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

namespace whogoes::net {
namespace {

struct Folder {
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "whogoes-net-XXXXXX").string();
        path = ::mkdtemp(name.data());
    }
    ~Folder() { std::filesystem::remove_all(path); }
    std::string path;
};

std::string refusal(const Endpoint& endpoint, bool share) {
    try {
        ::close(open_listener(endpoint, share));
        return "";
    } catch (const std::system_error& error) {
        return error.what();
    }
}

TEST_CASE("port 0 gets a number, and what is taken is refused by name") {
    const int first = open_listener(literal_endpoints("127.0.0.1", 0).front(), false);
    const Endpoint bound = bound_endpoint(first);
    CHECK(bound.port() != 0);
    CHECK(refusal(bound, false) == "cannot listen on " + bound.text() + ": Address already in use");
    CHECK(refusal(bound, true) != "");  // it is shared only by those who agree to it
    ::close(first);
    CHECK(refusal(bound, false) == "");
}

TEST_CASE("workers share a port") {
    const int first = open_listener(literal_endpoints("127.0.0.1", 0).front(), true);
    CHECK(refusal(bound_endpoint(first), true) == "");
    ::close(first);
}

TEST_CASE("a socket file that nobody listens on is replaced, all else is left alone") {
    const Folder folder;
    const Endpoint endpoint = unix_endpoint(folder.path + "/socket");
    const int first = open_listener(endpoint, false);
    CHECK(refusal(endpoint, false).find("Address already in use") != std::string::npos);
    ::close(first);  // the file stays
    CHECK(refusal(endpoint, false) == "");

    const Endpoint file = unix_endpoint(folder.path + "/file");
    std::ofstream(file.host()) << "precious";
    CHECK(refusal(file, false) != "");
    CHECK(std::filesystem::file_size(file.host()) == 8);
}

}  // namespace
}  // namespace whogoes::net
