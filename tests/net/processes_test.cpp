#include "proxy/net/processes.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

namespace whogoes::net {
namespace {

struct Proc {
    Proc() {
        std::string name =
            (std::filesystem::temp_directory_path() / "whogoes-proc-XXXXXX").string();
        path = ::mkdtemp(name.data());
    }
    ~Proc() { std::filesystem::remove_all(path); }

    void add(const std::string& id, const std::string& comm, long user, const std::string& words) {
        const auto folder = path / id;
        std::filesystem::create_directories(folder);
        std::ofstream(folder / "comm") << comm << "\n";
        std::ofstream(folder / "status")
            << "Name:\t" << comm << "\nUid:\t" << user << "\t0\t0\t0\n";
        std::ofstream(folder / "cmdline", std::ios::binary) << words;
    }
    std::filesystem::path path;
};

TEST_CASE("processes of this user are found by their name, with their words") {
    using namespace std::string_literals;
    const long me = ::getuid();
    Proc proc;
    proc.add("7", "whogoes", me, "whogoes\0-c\0a file.yaml\0"s);
    proc.add("8", "whogoes", me + 1, "whogoes\0"s);
    proc.add("9", "node", me, "node\0"s);
    proc.add("10", "whogoes", me, "");  // a zombie
    proc.add("self", "whogoes", me, "whogoes\0"s);
    proc.add(std::to_string(::getpid()), "whogoes", me, "whogoes\0"s);
    const auto found = processes_named("whogoes", proc.path);
    REQUIRE(found.size() == 1);
    CHECK(found[0].id == 7);
    CHECK(found[0].words == std::vector<std::string>{"whogoes", "-c", "a file.yaml"});
    CHECK(processes_named("whogoes", proc.path / "none").empty());
}

}  // namespace
}  // namespace whogoes::net
