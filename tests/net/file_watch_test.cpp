#include "proxy/net/file_watch.hpp"

#include <boost/asio/steady_timer.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace whogoes::net {
namespace {

namespace fs = std::filesystem;

struct Watched {
    fs::path folder = [] {
        std::string name = (fs::temp_directory_path() / "whogoes-watch-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        return fs::path(name);
    }();
    boost::asio::io_context io{1};
    int told = 0;

    ~Watched() { fs::remove_all(folder); }

    void write(const fs::path& file, std::string_view contents) const {
        std::ofstream(folder / file) << contents;
    }
    void replace(const fs::path& file, std::string_view contents) const {
        write("new", contents);
        fs::rename(folder / "new", folder / file);
    }
    // Until it has told once more; false: it did not.
    bool tells() {
        const int before = told;
        boost::asio::steady_timer limit(io, std::chrono::seconds(20));
        limit.async_wait([](const boost::system::error_code&) {});
        while (told == before && limit.expiry() > std::chrono::steady_clock::now()) io.run_one();
        return told > before;
    }
};

TEST_CASE("a file is watched through every way of giving it new contents") {
    Watched watched;
    watched.write("file", "one");
    FileWatch watch(watched.io, (watched.folder / "file").string(), [&] { ++watched.told; });
    REQUIRE(watch.works());
    SUBCASE("written in place") { watched.write("file", "two"); }
    SUBCASE("another moved over it") { watched.replace("file", "two"); }
    SUBCASE("removed and made anew") {
        fs::remove(watched.folder / "file");
        watched.write("file", "two");
    }
    SUBCASE("written several times") {
        watched.write("file", "two");
        watched.write("file", "three");
    }
    CHECK(watched.tells());
    CHECK(watched.told == 1);
    watched.replace("file", "four");
    CHECK(watched.tells());
    CHECK(watched.told == 2);
}

TEST_CASE("a file that lies behind a link is watched where it lies") {
    Watched watched;
    fs::create_directory(watched.folder / "..1");
    fs::create_directory(watched.folder / "..2");
    fs::create_directory(watched.folder / "elsewhere");
    watched.write("..1/file", "one");
    watched.write("..2/file", "two");
    watched.write("elsewhere/real", "one");
    fs::path link = "file";
    SUBCASE("Kubernetes swaps the link of a folder") {
        fs::create_directory_symlink("..1", watched.folder / "..data");
        fs::create_symlink("..data/file", watched.folder / link);
        FileWatch watch(watched.io, (watched.folder / link).string(), [&] { ++watched.told; });
        fs::create_directory_symlink("..2", watched.folder / "..data_tmp");
        fs::rename(watched.folder / "..data_tmp", watched.folder / "..data");
        CHECK(watched.tells());
    }
    SUBCASE("the file behind a link is written to") {
        fs::create_symlink("elsewhere/real", watched.folder / link);
        FileWatch watch(watched.io, (watched.folder / link).string(), [&] { ++watched.told; });
        watched.write("elsewhere/real", "two");
        CHECK(watched.tells());
    }
}

TEST_CASE("what is no new contents is not told") {
    Watched watched;
    watched.write("file", "one");
    FileWatch watch(watched.io, (watched.folder / "file").string(), [&] { ++watched.told; });
    watched.write("another", "log line");
    watched.replace("file", "one");
    fs::remove(watched.folder / "file");
    // Both waits end in what follows: had the one before told, there would be two.
    while (watched.io.run_one_for(std::chrono::milliseconds(300)) > 0) {
    }
    watched.write("file", "two");
    CHECK(watched.tells());
    CHECK(watched.told == 1);
}

}  // namespace
}  // namespace whogoes::net
