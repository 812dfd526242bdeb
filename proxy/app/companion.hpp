#pragma once

#include <string>
#include <sys/types.h>
#include <vector>

// The command behind `--`: one child that runs beside the proxy and whose end is the proxy's. Not a
// supervisor: it is started once.
namespace whogoes::app {

class Companion {
public:
    // Empty: started. Else why not, and exit_code() is what a shell gives for it.
    std::string start(const std::vector<std::string>& command);
    bool running() const noexcept { return child_ > 0; }
    // To be asked after a SIGCHLD: whether the child has ended. True once.
    bool has_ended();
    void pass_on(int signal) const;
    int exit_code() const noexcept { return exit_code_; }  // 128 + n where signal n ended it

private:
    pid_t child_ = 0;
    int exit_code_ = 0;
};

}  // namespace whogoes::app
