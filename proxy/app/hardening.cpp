#include "proxy/app/hardening.hpp"

#include <cstdlib>
#include <signal.h>
#include <string_view>
#include <sys/prctl.h>
#include <sys/resource.h>

namespace whogoes::app {
namespace {

bool wants_cores() {
    const char* told = std::getenv("WHOGOES_CORE_DUMPS");
    return told != nullptr && std::string_view(told) == "1";
}

}  // namespace

void harden_process() {
    ::signal(SIGPIPE, SIG_IGN);
    ::signal(SIGXFSZ, SIG_IGN);  // a log that may not grow is no reason to end
    if (!wants_cores()) {
        // A core holds tokens. A limit of 0 alone does not keep one from a program that the system
        // hands cores to; and nobody shall read them from the memory of a process that runs.
        const rlimit no_core{0, 0};
        ::setrlimit(RLIMIT_CORE, &no_core);
        ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    }
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &files);
    }
}

}  // namespace whogoes::app
