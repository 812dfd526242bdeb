#include "proxy/app/hardening.hpp"

#include "proxy/net/undumpable.hpp"

#include <cstdlib>
#include <optional>
#include <string_view>

namespace whogoes::app {
namespace {

// As the process found it.
struct Before {
    rlimit cores{}, files{};
    sigset_t defaults{};  // what we ignore now and did not then
};
std::optional<Before> before;

bool wants_cores() {
    const char* told = std::getenv("WHOGOES_CORE_DUMPS");
    return told != nullptr && std::string_view(told) == "1";
}

void ignore(int signal, sigset_t& defaults) {
    if (::signal(signal, SIG_IGN) == SIG_DFL) ::sigaddset(&defaults, signal);
}

void set_soft(decltype(RLIMIT_CORE) resource, rlim_t soft) {
    rlimit limit{};
    if (::getrlimit(resource, &limit) != 0) return;
    limit.rlim_cur = soft;
    ::setrlimit(resource, &limit);
}

}  // namespace

void harden_process() {
    before.emplace();
    ::getrlimit(RLIMIT_CORE, &before->cores);
    ::getrlimit(RLIMIT_NOFILE, &before->files);
    ::sigemptyset(&before->defaults);
    ignore(SIGPIPE, before->defaults);
    ignore(SIGXFSZ, before->defaults);  // a log that may not grow is no reason to end
    if (!wants_cores()) {
        // A core holds tokens. A limit of 0 alone does not keep one from a program that the system
        // hands cores to; and nobody shall read them from the memory of a process that runs. Only
        // the soft limit: a hard one could not be given back to a child.
        set_soft(RLIMIT_CORE, 0);
        net::make_undumpable();
    }
    set_soft(RLIMIT_NOFILE, before->files.rlim_max);
}

AsWeCame::AsWeCame() {
    ::sigemptyset(&defaults_);
    ::getrlimit(RLIMIT_CORE, &cores_);
    ::getrlimit(RLIMIT_NOFILE, &files_);
    if (!before) return;
    defaults_ = before->defaults;
    set_soft(RLIMIT_CORE, before->cores.rlim_cur);
    set_soft(RLIMIT_NOFILE, before->files.rlim_cur);
}

AsWeCame::~AsWeCame() {
    set_soft(RLIMIT_CORE, cores_.rlim_cur);
    set_soft(RLIMIT_NOFILE, files_.rlim_cur);
}

}  // namespace whogoes::app
