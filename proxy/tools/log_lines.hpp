#pragma once

#include "proxy/tools/log_source.hpp"

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>

// Octets as they come, cut into lines: what reading and following a log have in common. Private to
// log_source.cpp and log_follow.cpp.
namespace whogoes::tools {

inline constexpr std::size_t log_block = 1024 * 1024;

struct Descriptor {
    explicit Descriptor(int number) : fd(number) {}
    ~Descriptor() {
        if (fd > STDERR_FILENO) ::close(fd);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int fd = -1;
};

inline int open_log(const std::string& path) {
    return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
}

inline ssize_t read_some(int fd, char* into, std::size_t room) {
    while (true) {
        const ssize_t octets = ::read(fd, into, room);
        if (octets >= 0 || errno != EINTR) return octets;
    }
}

inline std::string cannot_read(const std::string& place) {
    return "cannot read " + place + ": " + std::strerror(errno);
}

// A line beyond the longest is handed over cut, which makes it a broken one.
class LineCutter {
public:
    static constexpr std::size_t longest = 1024 * 1024;  // of anybody's lines; ours have 8 KiB

    explicit LineCutter(const TakeLine& take) : take_(take) {
        buffer_.resize(longest + log_block + 1);
    }

    char* room() { return buffer_.data() + held_; }
    std::size_t room_size() const { return buffer_.size() - held_; }

    bool add(std::size_t octets) {
        held_ += octets;
        std::string_view rest(buffer_.data(), held_);
        std::size_t seen = held_ - octets;  // looked through before
        while (true) {
            const void* newline = seen < rest.size()
                                      ? std::memchr(rest.data() + seen, '\n', rest.size() - seen)
                                      : nullptr;
            if (newline == nullptr) break;
            const auto size =
                static_cast<std::size_t>(static_cast<const char*>(newline) - rest.data());
            if (!hand_over(rest.substr(0, size))) return false;
            rest.remove_prefix(size + 1);
            seen = 0;
        }
        if (rest.size() > longest) {
            if (!hand_over(rest)) return false;
            too_long_ = true;
            rest = {};
        }
        if (!rest.empty()) std::memmove(buffer_.data(), rest.data(), rest.size());
        held_ = rest.size();
        return true;
    }

    bool finish() { return held_ == 0 || hand_over(std::string_view(buffer_.data(), held_)); }
    std::size_t waiting() const { return held_; }
    void forget() {
        held_ = 0;
        too_long_ = false;
    }

private:
    bool hand_over(std::string_view line) {
        if (std::exchange(too_long_, false)) return true;  // the rest of one that was cut
        return take_(line);
    }

    const TakeLine& take_;
    std::string buffer_;
    std::size_t held_ = 0;
    bool too_long_ = false;
};

}  // namespace whogoes::tools
