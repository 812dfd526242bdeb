#include "proxy/net/listener.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <fcntl.h>
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

// Lets everybody in, counts them, and sends them home.
struct OpenDoor final : Doorkeeper {
    explicit OpenDoor(Reactor& of) : reactor(of) {}
    bool may_enter() override { return true; }
    void nobody_came() override {}
    void entered(int socket, const Endpoint&) override {
        ++accepted;
        ::close(socket);
        reactor.stop();
    }
    void out_of_descriptors() override {}

    Reactor& reactor;
    int accepted = 0;
};

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

    // Somebody is there, though not for streams.
    const Endpoint letters = unix_endpoint(folder.path + "/letters");
    const int box = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    REQUIRE(::bind(box, reinterpret_cast<const sockaddr*>(&letters.address), letters.length) == 0);
    CHECK(refusal(letters, false).find("Address already in use") != std::string::npos);
    CHECK(std::filesystem::is_socket(letters.host()));
    ::close(box);

    const Endpoint file = unix_endpoint(folder.path + "/file");
    std::ofstream(file.host()) << "precious";
    CHECK(refusal(file, false) != "");
    CHECK(std::filesystem::file_size(file.host()) == 8);
}

TEST_CASE("a socket that the system grants no watch on is heard as soon as it does") {
    const Folder folder;
    // A regular file is what a reactor refuses; whatever the reason, the worker must live on.
    const int socket = ::open((folder.path + "/file").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    Reactor reactor;
    OpenDoor door(reactor);
    Listener listener(reactor, socket, door);
    CHECK(listener.flaw() == EPERM);
    listener.tick();
    CHECK(listener.flaw() == EPERM);

    const Endpoint endpoint = unix_endpoint(folder.path + "/socket");
    const int real = open_listener(endpoint, false);
    ::dup2(real, socket);
    ::close(real);
    listener.tick();
    CHECK(listener.flaw() == 0);
    const int client = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REQUIRE(::connect(client, reinterpret_cast<const sockaddr*>(&endpoint.address),
                      endpoint.length) == 0);
    reactor.run(std::chrono::milliseconds(100), [] {});
    CHECK(door.accepted == 1);
    ::close(client);
}

// Whoever is let in is followed by another.
struct EndlessCrowd final : Doorkeeper {
    explicit EndlessCrowd(Endpoint at) : door(at) { come(); }
    void come() const {
        const int client = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        CHECK(::connect(client, reinterpret_cast<const sockaddr*>(&door.address), door.length) ==
              0);
        ::close(client);
    }
    bool may_enter() override { return true; }
    void nobody_came() override {}
    void entered(int socket, const Endpoint&) override {
        ++accepted;
        ::close(socket);
        come();
    }
    void out_of_descriptors() override {}

    Endpoint door;
    int accepted = 0;
};

TEST_CASE("a unix door closes behind those who were at it, however many still come") {
    const Folder folder;
    Reactor reactor;
    const Endpoint endpoint = unix_endpoint(folder.path + "/socket");
    const int socket = open_listener(endpoint, false);
    EndlessCrowd crowd(endpoint);
    Listener listener(reactor, socket, crowd);
    listener.turn_newcomers_away();
    CHECK(listener.close());
    CHECK(crowd.accepted >= 4096);
    CHECK(::fcntl(socket, F_GETFD) == -1);
}

TEST_CASE("a listener that was never heard goes away quietly") {
    Reactor reactor;
    const Folder folder;
    const int socket = ::open((folder.path + "/file").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    {
        OpenDoor door(reactor);
        Listener listener(reactor, socket, door);
        listener.turn_newcomers_away();
        listener.close();
    }
    CHECK(::fcntl(socket, F_GETFD) == -1);
}

}  // namespace
}  // namespace whogoes::net
