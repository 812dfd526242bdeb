#include "proxy/net/output_file.hpp"

#include "tests/report/scratch.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace whogoes::net {
namespace {

namespace fs = std::filesystem;
using report::Scratch;

std::string written(const std::string& path, std::string_view text,
                    OutputFile::Existing existing = OutputFile::Existing::replace) {
    OutputFile file(path, 0600);
    file.write(text);
    return file.finish(existing);
}

std::ptrdiff_t entries(const std::string& folder) {
    return std::distance(fs::directory_iterator(folder), {});
}

TEST_CASE("a file is replaced whole, or not at all") {
    const Scratch scratch;
    std::ofstream(scratch.path("file")) << "an older and longer one";
    {
        OutputFile file(scratch.path("file"), 0600);
        file.write("half of");
    }
    CHECK(scratch.text("file") == "an older and longer one");
    CHECK(written(scratch.path("file"), "new") == "");
    CHECK(scratch.text("file") == "new");
    struct stat status {};
    REQUIRE(::stat(scratch.path("file").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    CHECK(written(scratch.path("file"), "newer", OutputFile::Existing::keep) == "");
    CHECK(scratch.text("file") == "new");
    CHECK(written(scratch.path("other"), "first", OutputFile::Existing::keep) == "");
    CHECK(scratch.text("other") == "first");
    CHECK(entries(scratch.path("")) == 2);
}

TEST_CASE("a link keeps pointing where it pointed") {
    const Scratch scratch;
    fs::create_directory(scratch.path("there"));
    std::ofstream(scratch.path("there/file")) << "old";
    fs::create_symlink("there/file", scratch.path("one"));
    fs::create_symlink("one", scratch.path("two"));
    fs::create_symlink(scratch.path("there/missing"), scratch.path("dangling"));
    CHECK(written(scratch.path("two"), "new") == "");
    CHECK(fs::read_symlink(scratch.path("two")) == "one");
    CHECK(fs::read_symlink(scratch.path("one")) == "there/file");
    CHECK(scratch.text("there/file") == "new");
    CHECK(written(scratch.path("dangling"), "made") == "");
    CHECK(fs::is_symlink(scratch.path("dangling")));
    CHECK(scratch.text("there/missing") == "made");
    CHECK(entries(scratch.path("there")) == 2);
    CHECK(end_of_links(scratch.path("two")) == scratch.path("there/file"));
    CHECK(end_of_links(scratch.path("nowhere")) == scratch.path("nowhere"));
}

// One that a fault may cost; the machine's own where that cannot be made, nor replaced.
std::string device(const Scratch& scratch, const std::string& name, unsigned minor) {
    const std::string made = scratch.path(name);
    const bool own = ::mknod(made.c_str(), S_IFCHR | 0600, ::makedev(1, minor)) == 0 &&
                     std::ofstream(made).is_open();  // not so on a file system without devices
    return own ? made : "/dev/" + name;
}

TEST_CASE("a device is written through and stays one") {
    const Scratch scratch;
    const std::string null = device(scratch, "null", 3);
    fs::create_symlink(null, scratch.path("link"));
    for (const std::string& path : {null, scratch.path("link")}) {
        CHECK(written(path, "gone") == "");
        CHECK(fs::is_character_file(null));
    }
    CHECK(fs::read_symlink(scratch.path("link")) == null);
    CHECK(written(device(scratch, "full", 7), "too much").find("No space left") !=
          std::string::npos);
}

TEST_CASE("a descriptor is written where it stands, whatever lies behind it") {
    const Scratch scratch;
    const int file = ::open(scratch.path("file").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    REQUIRE(::write(file, "before ", 7) == 7);
    fs::create_symlink("/dev/fd/" + std::to_string(file), scratch.path("link"));
    CHECK(written("/dev/fd/" + std::to_string(file), "one ") == "");
    CHECK(written("/proc/self/fd/" + std::to_string(file), "two ") == "");
    CHECK(written(scratch.path("link"), "three ") == "");
    REQUIRE(::write(file, "after", 5) == 5);
    ::close(file);
    CHECK(scratch.text("file") == "before one two three after");
    CHECK(fs::is_symlink(scratch.path("link")));
}

TEST_CASE("a pipe gets what is written, and one without a reader is not waited for") {
    const Scratch scratch;
    REQUIRE(::mkfifo(scratch.path("pipe").c_str(), 0600) == 0);
    CHECK(written(scratch.path("pipe"), "nobody").find("cannot write to") == 0);
    const int reader = ::open(scratch.path("pipe").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    CHECK(written(scratch.path("pipe"), "heard") == "");
    char text[16] = {};
    CHECK(::read(reader, text, sizeof text) == 5);
    CHECK(std::string(text) == "heard");
    ::close(reader);
    CHECK(fs::is_fifo(scratch.path("pipe")));
}

TEST_CASE("what cannot be written is said with its path, and what was to be written is not") {
    const Scratch scratch;
    const std::string flaw = written(scratch.path("nowhere/file"), "canary");
    CHECK(flaw ==
          "cannot write beside " + scratch.path("nowhere/file") + ": No such file or directory");
    CHECK(written(scratch.path(""), "x").find("Is a directory") != std::string::npos);
    // Where even root may not make a file.
    const std::string closed = written("/proc/self/whogoes", "x");
    CHECK(closed.find("cannot write") == 0);
}

}  // namespace
}  // namespace whogoes::net
