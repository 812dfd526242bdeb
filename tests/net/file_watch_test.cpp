#include "proxy/net/file_watch.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <stdlib.h>
#include <string>

namespace whogoes::net {
namespace {

namespace fs = std::filesystem;

struct Folder {
    Folder() {
        std::string made = (fs::temp_directory_path() / "whogoes-watch-XXXXXX").string();
        path = ::mkdtemp(made.data());
    }
    ~Folder() { fs::remove_all(path); }
    void write(const std::string& name, const std::string& text) const {
        fs::create_directories((path / name).parent_path());
        std::ofstream(path / name) << text;
    }
    fs::path path;
};

// Runs until `count` changes were told; the clock only ends a test that would wait for ever.
void run_until(boost::asio::io_context& io, const int& told, int count) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (told < count && io.run_one_until(end) > 0) continue;
    CHECK(told == count);
}

TEST_CASE("a file that is written anew, replaced or swapped by its link is told of once") {
    const Folder folder;
    folder.write("a.yaml", "one");
    boost::asio::io_context io;
    int told = 0;
    const FileWatch watch(io, (folder.path / "a.yaml").string(), [&] { ++told; });

    folder.write("a.yaml", "two");
    run_until(io, told, 1);

    folder.write("b", "three");
    fs::rename(folder.path / "b", folder.path / "a.yaml");
    run_until(io, told, 2);

    fs::remove(folder.path / "a.yaml");
    folder.write("a.yaml", "four");
    run_until(io, told, 3);
}

// What a mounted ConfigMap does: a.yaml -> ..data/a.yaml, ..data -> ..first, then ..second.
TEST_CASE("a file behind a link to a folder is told of when the link turns") {
    const Folder folder;
    folder.write("..first/a.yaml", "one");
    folder.write("..second/a.yaml", "two");
    fs::create_directory_symlink("..first", folder.path / "..data");
    fs::create_symlink("..data/a.yaml", folder.path / "a.yaml");
    boost::asio::io_context io;
    int told = 0;
    const FileWatch watch(io, (folder.path / "a.yaml").string(), [&] { ++told; });
    fs::create_directory_symlink("..second", folder.path / "..fresh");
    fs::rename(folder.path / "..fresh", folder.path / "..data");
    run_until(io, told, 1);
}

TEST_CASE("the same text written again is no news, nor is another file") {
    const Folder folder;
    folder.write("a.yaml", "one");
    boost::asio::io_context io;
    int told = 0;
    const FileWatch watch(io, (folder.path / "a.yaml").string(), [&] { ++told; });
    int beside = 0;
    const FileWatch other(io, (folder.path / "b.yaml").string(), [&] { ++beside; });
    folder.write("a.yaml", "one");
    folder.write("b.yaml", "new");
    run_until(io, beside, 1);
    CHECK(told == 0);
}

TEST_CASE("a folder that is not there is no error") {
    boost::asio::io_context io;
    {
        const FileWatch watch(io, "/nonexistent/a.yaml", [] {});
    }
    io.run();
}

}  // namespace
}  // namespace whogoes::net
