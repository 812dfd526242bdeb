#include "proxy/app/companion.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace whogoes::app {

std::string Companion::start(const std::vector<std::string>& command) {
    std::vector<char*> words;
    words.reserve(command.size() + 1);
    for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);

    // The proxy ignores SIGPIPE, and what is ignored stays so in a child.
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    sigset_t defaults;
    ::sigemptyset(&defaults);
    ::sigaddset(&defaults, SIGPIPE);
    ::posix_spawnattr_setsigdefault(&attributes, &defaults);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    const int reason =
        ::posix_spawnp(&child_, words[0], nullptr, &attributes, words.data(), environ);
    ::posix_spawnattr_destroy(&attributes);
    if (reason == 0) return "";
    child_ = 0;
    exit_code_ = reason == ENOENT ? 127 : 126;  // POSIX, 2.8.2
    return "cannot run " + command.front() + ": " + std::strerror(reason);
}

bool Companion::has_ended() {
    int status = 0;
    if (child_ <= 0 || ::waitpid(child_, &status, WNOHANG) != child_) return false;
    child_ = 0;
    exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return true;
}

void Companion::pass_on(int signal) const {
    if (child_ > 0) ::kill(child_, signal);
}

}  // namespace whogoes::app
