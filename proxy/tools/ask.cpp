#include "proxy/tools/explain.hpp"

#include <cstdio>
#include <iostream>
#include <termios.h>
#include <unistd.h>

namespace whogoes::tools {
namespace {

constexpr std::size_t most_typed = 64 * 1024;

// Turns the terminal's echo off, and back on however the question ends.
class Silence {
public:
    Silence() {
        known_ = ::tcgetattr(STDIN_FILENO, &before_) == 0;
        if (!known_) return;
        termios quiet = before_;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        // Canonical input ends at 4096 octets; a token may be longer.
        quiet.c_lflag &= ~static_cast<tcflag_t>(ICANON);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    ~Silence() {
        if (known_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    }
    Silence(const Silence&) = delete;
    Silence& operator=(const Silence&) = delete;

private:
    termios before_{};
    bool known_ = false;
};

}  // namespace

std::optional<std::string> ask_for_credential() {
    std::string text;
    if (::isatty(STDIN_FILENO) != 1) {
        for (char c = 0; text.size() < most_typed && std::cin.get(c);) text += c;
    } else {
        std::fputs("Token or Authorization value (not shown): ", stderr);
        const Silence silence;
        for (char c = 0; text.size() < most_typed && ::read(STDIN_FILENO, &c, 1) == 1;) {
            if (c == '\n' || c == '\r' || c == 4) break;
            if (c == 127 || c == 8) {
                if (!text.empty()) text.pop_back();
            } else {
                text += c;
            }
        }
        std::fputc('\n', stderr);
    }
    while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
    if (text.empty()) return std::nullopt;
    return text;
}

}  // namespace whogoes::tools
