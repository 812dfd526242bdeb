#include "proxy/report/line_file.hpp"

#include "report/given.hpp"
#include "report/scratch.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <random>
#include <string>
#include <sys/resource.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace whogoes::report {
namespace {

constexpr rules::TimePoint now = Given::noon;

// A smaller disk: writes beyond the limit fail as on a full one.
class FileSizeLimit {
public:
    explicit FileSizeLimit(rlim_t octets) {
        ignored_ = std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &saved_);
        rlimit limit = saved_;
        limit.rlim_cur = octets;
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() {
        ::setrlimit(RLIMIT_FSIZE, &saved_);
        std::signal(SIGXFSZ, ignored_);
    }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;

private:
    rlimit saved_{};
    void (*ignored_)(int) = SIG_DFL;
};

TEST_CASE("lines are appended, and a file that is there is kept") {
    const Scratch scratch;
    { LineFile(LineFileSettings{.output = scratch.path("log")}).write("a\n", now); }
    LineFile file({.output = scratch.path("log")});
    const Written written = file.write("b\nc\n", now);
    CHECK(written.lines == 2);
    CHECK(written.dropped == 0);
    CHECK(scratch.text("log") == "a\nb\nc\n");
}

TEST_CASE("an output that cannot be opened is named, and where it was asked for") {
    const Scratch scratch;
    try {
        LineFile file({.output = scratch.path("no/such/folder"), .asked_at = "whogoes.yaml:3:5"});
        FAIL("opened");
    } catch (const std::system_error& error) {
        const std::string words = "whogoes.yaml:3:5: log output " + scratch.path("no/such/folder");
        CHECK(std::string(error.what()).starts_with(words));
    }
}

TEST_CASE("a file that would grow too large is rotated, and old ones are bounded") {
    const Scratch scratch;
    LineFile file({.output = scratch.path("log"), .rotate_size = 10, .rotated_files = 2});
    for (const char* line : {"11111\n", "22222\n", "33333\n", "44444\n"}) file.write(line, now);
    CHECK(scratch.text("log") == "44444\n");
    CHECK(scratch.text("log.1") == "33333\n");
    CHECK(scratch.text("log.2") == "22222\n");
    CHECK_FALSE(scratch.has("log.3"));
}

TEST_CASE("a batch is spread over files at its lines") {
    const Scratch scratch;
    LineFile file({.output = scratch.path("log"), .rotate_size = 8});
    CHECK(file.write("aaa\nbbb\nccc\nddd\na-line-longer-than-a-file\neee\n", now).lines == 6);
    CHECK(scratch.text("log.3") == "aaa\nbbb\n");
    CHECK(scratch.text("log.2") == "ccc\nddd\n");
    CHECK(scratch.text("log.1") == "a-line-longer-than-a-file\n");
    CHECK(scratch.text("log") == "eee\n");
}

TEST_CASE("a file is rotated by the age of its first record, which outlives a restart") {
    const Scratch scratch;
    const std::string record = "{\"time\":\"2026-11-23T12:51:24.318Z\",\"level\":\"warn\"}\n";
    const LineFileSettings settings{.output = scratch.path("log"),
                                    .rotate_age = std::chrono::hours(1)};
    { LineFile(settings).write(record, now); }
    LineFile file(settings);
    file.write("young\n", now + std::chrono::minutes(59));
    CHECK_FALSE(scratch.has("log.1"));
    file.write("old\n", now + std::chrono::minutes(60));
    CHECK(scratch.text("log.1") == record + "young\n");
    CHECK(scratch.text("log") == "old\n");
}

TEST_CASE("whatever is written, a log takes no more disk than its files may") {
    const Scratch scratch;
    constexpr std::size_t size = 10000;
    const LineFileSettings settings{.output = scratch.path("log"), .rotate_size = size};
    const auto octets_on_disk = [&] {
        std::uintmax_t sum = 0;
        const auto folder = std::filesystem::path(settings.output).parent_path();
        for (const auto& file : std::filesystem::directory_iterator(folder))
            sum += file.file_size();
        return sum;
    };
    std::mt19937 random(3);
    for (int start = 0; start < 3; ++start) {
        LineFile file(settings);
        for (int i = 0; i < 300; ++i) {
            std::string batch;
            for (auto lines = 1 + random() % 20; lines > 0; --lines)
                batch += std::string(random() % 200, 'x') + "\n";
            CHECK(file.write(batch, now + std::chrono::seconds(i)).dropped == 0);
            CHECK(octets_on_disk() <=
                  size * (1 + static_cast<std::size_t>(settings.rotated_files)));
        }
    }
    CHECK(scratch.has("log.4"));
    CHECK_FALSE(scratch.has("log.5"));
}

TEST_CASE("a rotated file that is too old goes, though nothing is rotated") {
    const Scratch scratch;
    for (const char* name : {"log.1", "log.2"}) std::ofstream(scratch.path(name)) << "old\n";
    const auto age = [&](const char* name, std::chrono::hours before) {
        const auto since = (now - before).time_since_epoch();
        const timespec time{std::chrono::duration_cast<std::chrono::seconds>(since).count(), 0};
        const timespec both[] = {time, time};
        REQUIRE(::utimensat(AT_FDCWD, scratch.path(name).c_str(), both, 0) == 0);
    };
    age("log.1", std::chrono::hours(24 * 6));
    age("log.2", std::chrono::hours(24 * 8));
    LineFile file({.output = scratch.path("log")});
    file.write("a\n", now);
    CHECK(scratch.has("log.1"));
    CHECK_FALSE(scratch.has("log.2"));
    file.write("b\n", now + std::chrono::hours(25));
    CHECK_FALSE(scratch.has("log.1"));
}

TEST_CASE("reopening follows a file that was moved away") {
    const Scratch scratch;
    LineFile file({.output = scratch.path("log")});
    file.write("a\n", now);
    std::filesystem::rename(scratch.path("log"), scratch.path("moved"));
    file.write("b\n", now);
    file.reopen();
    file.write("c\n", now);
    CHECK(scratch.text("moved") == "a\nb\n");
    CHECK(scratch.text("log") == "c\n");
}

TEST_CASE("a folder that went costs no line that can be kept, and is written to once it is back") {
    const Scratch scratch;
    std::filesystem::create_directory(scratch.path("logs"));
    LineFile file({.output = scratch.path("logs/log")});
    file.write("a\n", now);
    std::filesystem::rename(scratch.path("logs"), scratch.path("moved"));
    CHECK(file.reopen() == ENOENT);
    CHECK(file.write("b\n", now).dropped == 0);
    CHECK(scratch.text("moved/log") == "a\nb\n");
    std::filesystem::create_directory(scratch.path("logs"));
    file.write("c\n", now);
    CHECK(scratch.text("moved/log") == "a\nb\n");
    CHECK(scratch.text("logs/log") == "c\n");
    CHECK(file.reopen() == 0);
}

TEST_CASE("a link to the log keeps pointing where it pointed, and its target is rotated") {
    const Scratch scratch;
    std::filesystem::create_directory(scratch.path("disk"));
    std::filesystem::create_symlink("disk/real", scratch.path("log"));
    LineFile file({.output = scratch.path("log"), .rotate_size = 4, .rotated_files = 2});
    for (const char* line : {"aaa\n", "bbb\n", "ccc\n"})
        CHECK(file.write(line, now).unrotated == 0);
    CHECK(std::filesystem::read_symlink(scratch.path("log")) == "disk/real");
    CHECK(scratch.text("log") == "ccc\n");
    CHECK(scratch.text("disk/real.1") == "bbb\n");
    CHECK(scratch.text("disk/real.2") == "aaa\n");
    CHECK_FALSE(scratch.has("log.1"));
}

TEST_CASE("a rotation that cannot be done is told, and the file grows") {
    const Scratch scratch;
    std::filesystem::create_directories(scratch.path("log.1/in/the/way"));
    LineFile file({.output = scratch.path("log"), .rotate_size = 4, .rotated_files = 1});
    CHECK(file.write("aaa\n", now).unrotated == 0);
    CHECK(file.write("bbb\n", now).unrotated == EISDIR);
    CHECK(file.write("ccc\n", now).unrotated == 0);  // tried again a minute later
    CHECK(file.write("ddd\n", now + std::chrono::seconds(61)).unrotated == EISDIR);
    CHECK(scratch.text("log") == "aaa\nbbb\nccc\nddd\n");
}

TEST_CASE("a file that was deleted is made again") {
    const Scratch scratch;
    LineFile file({.output = scratch.path("log")});
    file.write("a\n", now);
    std::filesystem::remove(scratch.path("log"));
    file.write("b\n", now);
    CHECK(scratch.text("log") == "b\n");
}

TEST_CASE("a full disk costs whole lines, which are counted, and leaves no half one") {
    const Scratch scratch;
    LineFile file({.output = scratch.path("log")});
    {
        const FileSizeLimit full(10);
        const Written written = file.write("aaa\nbbb\nccc\nddd\n", now);
        CHECK(written.lines == 2);
        CHECK(written.dropped == 2);
        CHECK(written.error == EFBIG);
        CHECK(scratch.text("log") == "aaa\nbbb\n");
        CHECK(file.write("eeee\n", now).dropped == 1);
        CHECK(scratch.text("log") == "aaa\nbbb\n");
    }
    CHECK(file.write("fff\n", now).lines == 1);
    CHECK(scratch.text("log") == "aaa\nbbb\nfff\n");
}

TEST_CASE("a device without room drops and goes on") {
    LineFile file({.output = "/dev/full"});
    const Written written = file.write("a\nb\n", now);
    CHECK(written.lines == 0);
    CHECK(written.dropped == 2);
    CHECK(written.error == ENOSPC);
}

TEST_CASE("a reader that is gone costs lines and nothing else") {
    PipeOn pipe(STDOUT_FILENO);
    std::signal(SIGPIPE, SIG_IGN);
    LineFile file({.output = "stdout"});
    pipe.close_reader();
    const Written written = file.write("a\nb\n", now);
    CHECK(written.dropped == 2);
    CHECK(written.error == EPIPE);
}

TEST_CASE("a reader that stalls is not waited for, and gets the rest of its line first") {
    PipeOn pipe(STDOUT_FILENO);
    LineFile file({.output = "stdout", .patience = std::chrono::milliseconds(1)});
    std::string lines;
    for (int i = 0; i < 200; ++i) lines += std::string(999, 'x') + "\n";  // a pipe holds 65536
    const Written first = file.write(lines, now);
    CHECK(first.error == ETIMEDOUT);
    CHECK(first.lines + first.dropped == 200);
    CHECK(first.dropped > 100);
    CHECK(file.write("lost\n", now).dropped == 1);
    std::string read = pipe.text();
    CHECK(file.write("back\n", now).lines == 1);
    read += pipe.text();
    CHECK(read.ends_with("x\nback\n"));
    CHECK(count_lines(read) == first.lines + 1);
    for (std::size_t at = 0; at + 1000 <= read.size(); at += 1000) CHECK(read[at + 999] == '\n');
}

}  // namespace
}  // namespace whogoes::report
