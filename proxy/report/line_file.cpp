#include "proxy/report/line_file.hpp"

#include "proxy/net/output_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace whogoes::report {
namespace {

// POLLOUT on a pipe promises room for this much; more would block (POSIX, PIPE_BUF).
constexpr std::size_t stream_piece = 4096;
constexpr std::chrono::seconds rotation_pause{60};  // after a rotation that failed
constexpr std::chrono::hours between_looks{1};      // for rotated files that are too old

int open_output(const std::string& output) {
    if (output == "stderr" || output == "stdout") {
        return ::fcntl(output == "stderr" ? STDERR_FILENO : STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    }
    // O_NONBLOCK: opening a FIFO without a reader is an error, not a wait.
    return ::open(output.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
                  0640);
}

rules::TimePoint from_unix(std::int64_t seconds) {
    return rules::TimePoint(std::chrono::seconds(seconds));
}

// The time of a log's first record, so that age survives a restart; else when it was last written.
rules::TimePoint first_time(const std::string& path, const struct stat& status) {
    char text[64] = {};
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const ssize_t octets = fd < 0 ? 0 : ::read(fd, text, sizeof text - 1);
    if (fd >= 0) ::close(fd);
    int year = 0;
    unsigned month = 0, day = 0, hour = 0, minute = 0, second = 0;
    if (octets > 0 && std::sscanf(text, "{\"time\":\"%4d-%2u-%2uT%2u:%2u:%2u", &year, &month, &day,
                                  &hour, &minute, &second) == 6) {
        const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                               std::chrono::day(day)};
        if (date.ok()) {
            return std::chrono::sys_days(date) + std::chrono::hours(hour) +
                   std::chrono::minutes(minute) + std::chrono::seconds(second);
        }
    }
    return from_unix(status.st_mtime);
}

std::size_t end_of_last_line(std::string_view text) noexcept {
    const std::size_t newline = text.rfind('\n');
    return newline == std::string_view::npos ? 0 : newline + 1;
}

}  // namespace

std::uint64_t count_lines(std::string_view text) noexcept {
    std::uint64_t lines = 0;  // a line is long: memchr leaps where std::count steps
    for (std::size_t at = 0; (at = text.find('\n', at)) != std::string_view::npos; ++at) ++lines;
    return lines;
}

LineFile::LineFile(LineFileSettings settings) : settings_(std::move(settings)) {
    const int fd = open_output(settings_.output);
    if (fd < 0) {
        const int error = errno;
        const std::string place = settings_.asked_at.empty() ? "" : settings_.asked_at + ": ";
        throw std::system_error(error, std::generic_category(),
                                place + "log output " + settings_.output);
    }
    adopt(fd);
}

LineFile::~LineFile() {
    if (fd_ >= 0) ::close(fd_);
}

bool LineFile::has_path() const {
    return settings_.output != "stderr" && settings_.output != "stdout";
}

void LineFile::adopt(int fd) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = fd;
    struct stat status {};
    const bool known = ::fstat(fd_, &status) == 0;
    regular_ = known && S_ISREG(status.st_mode);
    size_ = regular_ ? static_cast<std::size_t>(status.st_size) : 0;
    torn_ = false;
    begun_ = regular_ && size_ > 0 && has_path() ? first_time(settings_.output, status)
                                                 : rules::TimePoint{};
}

int LineFile::reopen() {
    if (!has_path()) return 0;
    const int fd = open_output(settings_.output);
    astray_ = fd < 0;
    if (astray_) return errno;
    adopt(fd);
    return 0;
}

void LineFile::change_rotation(std::size_t size, std::chrono::seconds age) {
    settings_.rotate_size = size;
    settings_.rotate_age = age;
}

Written LineFile::write(std::string_view lines, rules::TimePoint now) {
    return regular_ ? write_to_file(lines, now) : write_to_stream(lines);
}

Written LineFile::write_to_file(std::string_view lines, rules::TimePoint now) {
    struct stat status {};
    if (::fstat(fd_, &status) == 0) {
        size_ = static_cast<std::size_t>(status.st_size);  // somebody may have emptied it
        if (status.st_nlink == 0 || astray_) reopen();
    }
    if (has_path() && now >= look_again_) {
        look_again_ = now + between_looks;
        remove_outdated(now);
    }
    Written written;
    while (!lines.empty()) {
        const std::size_t first = lines.find('\n') + 1;
        if (const int flaw = rotate_if_due(first, now); flaw != 0) written.unrotated = flaw;
        const std::size_t room = settings_.rotate_size > size_ ? settings_.rotate_size - size_ : 0;
        const std::size_t whole =
            has_path() ? end_of_last_line(lines.substr(0, room)) : lines.size();
        const std::string_view piece = lines.substr(0, std::max(whole, first));
        std::size_t done = 0;
        if (torn_ && ::write(fd_, "\n", 1) == 1) torn_ = false;
        if (begun_ == rules::TimePoint{}) begun_ = now;
        written.error = write_all(piece, done);
        size_ += done;
        if (written.error != 0) {
            cut_half_line(piece, done);
            written.lines += count_lines(piece.substr(0, done));
            written.dropped += count_lines(lines) - count_lines(piece.substr(0, done));
            return written;
        }
        written.lines += count_lines(piece);
        lines.remove_prefix(piece.size());
    }
    return written;
}

int LineFile::write_all(std::string_view octets, std::size_t& done) {
    while (done < octets.size()) {
        const ssize_t n = ::write(fd_, octets.data() + done, octets.size() - done);
        if (n > 0) {
            done += static_cast<std::size_t>(n);
        } else if (n < 0 && errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

// What the disk took of a line it has no room for is taken back, so that readers see whole lines.
void LineFile::cut_half_line(std::string_view octets, std::size_t done) {
    const std::size_t whole = end_of_last_line(octets.substr(0, done));
    if (whole == done) return;
    const std::size_t half = done - whole;
    struct stat status {};
    const bool ours = has_path() && ::fstat(fd_, &status) == 0 &&
                      static_cast<std::size_t>(status.st_size) == size_;
    if (ours && ::ftruncate(fd_, static_cast<off_t>(size_ - half)) == 0) {
        size_ -= half;
    } else {
        torn_ = true;  // the next line that fits begins with a newline
    }
}

Written LineFile::write_to_stream(std::string_view lines) {
    Written written;
    if (!tail_.empty()) {
        std::size_t done = 0;
        written.error = send_all(tail_, done);
        tail_.erase(0, done);
    }
    if (written.error != 0) {
        written.dropped = count_lines(lines);
        return written;
    }
    std::size_t done = 0;
    written.error = send_all(lines, done);
    written.lines = count_lines(lines.substr(0, done));
    if (written.error == 0) return written;
    const std::size_t whole = end_of_last_line(lines.substr(0, done));
    if (whole != done && written.error == ETIMEDOUT) {
        tail_ = lines.substr(done, lines.find('\n', done) + 1 - done);
        ++written.lines;
    }
    written.dropped = count_lines(lines) - written.lines;
    return written;
}

int LineFile::send_all(std::string_view octets, std::size_t& done) {
    using Clock = std::chrono::steady_clock;
    // A reader that did not come back while the last batch waited is not waited for again.
    const Clock::time_point end =
        Clock::now() + (stalled_ ? std::chrono::milliseconds(0) : settings_.patience);
    while (done < octets.size()) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
        pollfd ready{fd_, POLLOUT, 0};
        const int polled =
            ::poll(&ready, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
        if (polled < 0 && errno != EINTR) return errno;
        if (polled <= 0) {
            if (Clock::now() < end) continue;
            stalled_ = true;
            return ETIMEDOUT;
        }
        const ssize_t n =
            ::write(fd_, octets.data() + done, std::min(octets.size() - done, stream_piece));
        if (n >= 0) {
            done += static_cast<std::size_t>(n);
            stalled_ = false;
        } else if (errno != EINTR && errno != EAGAIN) {
            return errno;
        } else if (Clock::now() >= end) {
            stalled_ = true;
            return ETIMEDOUT;
        }
    }
    return 0;
}

int LineFile::rotate_if_due(std::size_t octets, rules::TimePoint now) {
    if (!has_path() || size_ == 0 || now < rotate_again_) return 0;
    const bool large = size_ + octets > settings_.rotate_size;
    const bool old = begun_ != rules::TimePoint{} && now - begun_ >= settings_.rotate_age;
    return large || old ? rotate(now) : 0;
}

int LineFile::rotate(rules::TimePoint now) {
    const std::string path = net::end_of_links(settings_.output);
    const auto numbered = [&](int n) { return path + "." + std::to_string(n); };
    ::unlink(numbered(settings_.rotated_files).c_str());
    for (int n = settings_.rotated_files; n > 1; --n) {
        ::rename(numbered(n - 1).c_str(), numbered(n).c_str());
    }
    const bool moved = ::rename(path.c_str(), numbered(1).c_str()) == 0;
    const int fd = moved ? open_output(path) : -1;
    if (fd < 0) {
        // Better a file that grows than lines lost; tried again a little later.
        const int flaw = errno;
        if (moved) ::rename(numbered(1).c_str(), path.c_str());
        rotate_again_ = now + rotation_pause;
        return flaw;
    }
    adopt(fd);
    return 0;
}

void LineFile::remove_outdated(rules::TimePoint now) {
    const std::string newest = net::end_of_links(settings_.output);
    for (int n = 1; n <= settings_.rotated_files; ++n) {
        const std::string path = newest + "." + std::to_string(n);
        struct stat status {};
        if (::stat(path.c_str(), &status) != 0) continue;
        if (now - from_unix(status.st_mtime) > settings_.rotate_age) ::unlink(path.c_str());
    }
}

}  // namespace whogoes::report
