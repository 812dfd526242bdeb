#include "proxy/app/review_verb.hpp"

#include "proxy/app/admin_token.hpp"
#include "proxy/app/state_folder.hpp"
#include "proxy/tools/health.hpp"
#include "rules/text.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fcntl.h>
#include <spawn.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace whogoes::app {
namespace {

constexpr std::chrono::milliseconds patience{5000};

void say(std::FILE* stream, const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stream);
}

int complain(const std::string& text) {
    say(stderr, "whogoes: review: " + text + "\n");
    return 1;
}

// "There is one on port 9402": proxies of this user's that were started elsewhere.
std::string others(std::uint16_t port) {
    std::string words;
    for (const std::uint16_t other : ports_with_admin_token())
        if (other != port)
            words += (words.empty() ? "; try `whogoes review --admin 127.0.0.1:"
                                    : "`, `--admin 127.0.0.1:") +
                     std::to_string(other);
    return words.empty() ? words : words + "`";
}

// A file of this user's own that leads there: the arguments of a program, with the key in them,
// can be read by everybody on this machine.
std::string leading_file(const std::string& address, std::uint16_t port) {
    const auto folder = state_folder();
    if (folder.empty()) return {};
    const std::string file = (folder / ("review-" + std::to_string(port) + ".html")).string();
    ::unlink(file.c_str());
    const int descriptor =
        ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0) return {};
    const std::string text =
        "<!doctype html><meta charset=utf-8><title>whogoes</title>"
        "<meta http-equiv=refresh content=\"0;url=" +
        address + "\"><a href=\"" + address + "\">The review page</a>\n";
    const bool whole =
        ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    ::close(descriptor);
    return whole ? file : std::string();
}

bool shown_in_browser(const std::string& file) {
    if (file.empty()) return false;
    std::string program = "xdg-open";
    std::string argument = file;
    char* const arguments[] = {program.data(), argument.data(), nullptr};
    pid_t child = 0;
    int status = 0;
    return ::posix_spawnp(&child, program.c_str(), nullptr, nullptr, arguments, environ) == 0 &&
           ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

int review_page(const ListenAddress& admin, bool open, const Surroundings& here) {
    ListenAddress called = admin;
    if (called.host == "0.0.0.0") called.host = "127.0.0.1";
    if (called.host == "::") called.host = "::1";
    // One that has left its key is there, as a rule, however busy this machine is.
    const auto ports = ports_with_admin_token();
    const bool expected = std::find(ports.begin(), ports.end(), called.port) != ports.end();
    const tools::Health health = tools::ask_health(
        {called.host, called.port, expected ? patience : std::chrono::milliseconds{0}});
    if (!health.ready) return complain(health.words + others(called.port));
    const std::string key = known_admin_token(here, called.port);
    if (key.empty())
        return complain("the whogoes on " + called.text() +
                        " has left no key of its page here: ask as the user that runs it, or set "
                        "WHOGOES_ADMIN_TOKEN to the key that was chosen for it");
    if (!rules::is_token68(key)) return complain("WHOGOES_ADMIN_TOKEN is no key");
    const std::string address = "http://" + called.text() + "/#k=" + key;
    say(stdout, address + "\n");
    if (open && !shown_in_browser(leading_file(address, called.port)))
        return complain("no browser could be opened (xdg-open): the address stands above");
    return 0;
}

}  // namespace whogoes::app
