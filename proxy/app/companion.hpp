#pragma once

#include <string>
#include <sys/types.h>
#include <vector>

// The command behind `--`: one child that runs beside the proxy and whose end is the proxy's. Not a
// supervisor: it is started once.
namespace whogoes::app {

class Companion {
public:
    // `api_url`: the proxy's, for the command's API_URL; empty: it stays as it is. Returns empty:
    // started. Else why not, and exit_code() is what a shell gives for it.
    std::string start(const std::vector<std::string>& command, const std::string& api_url);
    bool running() const noexcept { return child_ > 0; }
    // To be asked after a SIGCHLD: whether the child has ended. True once.
    bool has_ended();
    void pass_on(int signal) const;
    bool ended_by_signal() const noexcept { return by_signal_; }
    int exit_code() const noexcept { return exit_code_; }  // 128 + n where signal n ended it

private:
    pid_t child_ = 0;
    int exit_code_ = 0;
    bool by_signal_ = false;
};

// Whether a terminal sends its signals to this process and to its command alike.
bool in_the_foreground();

}  // namespace whogoes::app
