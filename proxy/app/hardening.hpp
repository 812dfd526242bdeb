#pragma once

#include <csignal>
#include <sys/resource.h>

namespace whogoes::app {

// What the process asks of the system for itself before it serves: no signal of a peer's making
// ends it, no core that holds tokens is written (but with WHOGOES_CORE_DUMPS=1), and as many
// descriptors as are allowed.
void harden_process();

// None of that is for a program that is started from here. While one of these lives, this process
// has the limits that it came with, which a child takes over; nothing else may depend on them then.
class AsWeCame {
public:
    AsWeCame();
    ~AsWeCame();
    AsWeCame(const AsWeCame&) = delete;
    AsWeCame& operator=(const AsWeCame&) = delete;

    // Ignored by harden_process() and not before: a child shall not ignore them.
    const sigset_t& defaults() const noexcept { return defaults_; }

private:
    rlimit cores_{}, files_{};  // of ours, to be had again
    sigset_t defaults_{};
};

}  // namespace whogoes::app
