#pragma once

#include "rules/time.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// Whole lines to a file, a terminal or a pipe, with write(2). A full disk or a reader that stalls
// costs lines, which are counted, and leaves no half line behind where that can be helped. Rotates
// by size and age: path.1 is the newest of a bounded number. Where the path is a link, its target
// is rotated beside itself, and the link stays. Not thread-safe. SIGPIPE and SIGXFSZ are the
// process's to ignore.
namespace whogoes::report {

struct LineFileSettings {
    std::string output = "stderr";  // stderr, stdout, or a path
    std::string asked_at{};         // "whogoes.yaml:3:5", for messages; empty: nobody asked
    std::size_t rotate_size = 50 * 1024 * 1024;
    std::chrono::seconds rotate_age{7 * 24 * 3600};
    int rotated_files = 4;  // kept beside the one being written, none older than rotate_age
    std::chrono::milliseconds patience{1000};  // with a reader that takes nothing
};

struct Written {
    std::uint64_t lines = 0;
    std::uint64_t dropped = 0;
    int error = 0;      // errno of what stopped it; ETIMEDOUT: the reader stalls
    int unrotated = 0;  // errno of a rotation that was due and failed; the file grows on
};

class LineFile {
public:
    explicit LineFile(LineFileSettings);  // throws std::system_error, naming the path
    ~LineFile();
    LineFile(const LineFile&) = delete;
    LineFile& operator=(const LineFile&) = delete;

    // `lines` ends in a newline.
    Written write(std::string_view lines, rules::TimePoint now);

    // Opens the path again (it may have been moved away). When that fails the old file is kept,
    // each write() tries anew, and errno is returned; else 0. Nothing to do for stderr and stdout.
    int reopen();
    void change_rotation(std::size_t size, std::chrono::seconds age);
    int descriptor() const { return fd_; }

private:
    bool has_path() const;
    void adopt(int fd);
    int rotate_if_due(std::size_t octets, rules::TimePoint now);
    int rotate(rules::TimePoint now);
    void remove_outdated(rules::TimePoint now);
    Written write_to_file(std::string_view lines, rules::TimePoint now);
    Written write_to_stream(std::string_view lines);
    int write_all(std::string_view octets, std::size_t& done);
    int send_all(std::string_view octets, std::size_t& done);
    void cut_half_line(std::string_view octets, std::size_t done);

    LineFileSettings settings_;
    int fd_ = -1;
    bool regular_ = false;
    bool astray_ = false;   // what is open is not what lies at the path
    bool torn_ = false;     // the file ends in a half line that could not be cut off
    bool stalled_ = false;  // the last write waited in vain
    std::size_t size_ = 0;
    rules::TimePoint begun_{};  // when the file's first line was written; epoch: not yet
    rules::TimePoint rotate_again_{};
    rules::TimePoint look_again_{};  // for rotated files that are too old
    std::string tail_;               // of a line that a stalled reader has the first half of
};

std::uint64_t count_lines(std::string_view text) noexcept;

}  // namespace whogoes::report
