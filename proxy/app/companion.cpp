#include "proxy/app/companion.hpp"

#include "proxy/app/hardening.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <spawn.h>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>

namespace whogoes::app {

namespace {

// Ours, with this variable in place of the one there may be. The pointers lead into `environ` and
// `variable`.
std::vector<char*> environment_with(const std::string& variable) {
    const std::string_view name = std::string_view(variable).substr(0, variable.find('=') + 1);
    std::vector<char*> variables;
    for (char** there = environ; *there != nullptr; ++there)
        if (name.empty() || !std::string_view(*there).starts_with(name))
            variables.push_back(*there);
    if (!variable.empty()) variables.push_back(const_cast<char*>(variable.c_str()));
    variables.push_back(nullptr);
    return variables;
}

}  // namespace

std::string Companion::start(const std::vector<std::string>& command, const std::string& api_url) {
    std::vector<char*> words;
    words.reserve(command.size() + 1);
    for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);

    // What is ignored stays so in a child, and so do limits.
    const AsWeCame as_we_came;
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    ::posix_spawnattr_setsigdefault(&attributes, &as_we_came.defaults());
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    const std::string variable = api_url.empty() ? "" : "API_URL=" + api_url;
    std::vector<char*> variables = environment_with(variable);
    const int reason =
        ::posix_spawnp(&child_, words[0], nullptr, &attributes, words.data(), variables.data());
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
    by_signal_ = WIFSIGNALED(status);
    exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return true;
}

void Companion::pass_on(int signal) const {
    if (child_ > 0) ::kill(child_, signal);
}

bool in_the_foreground() {
    for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (::tcgetpgrp(descriptor) == ::getpgrp()) return true;
    return false;
}

}  // namespace whogoes::app
