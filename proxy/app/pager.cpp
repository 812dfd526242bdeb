#include "proxy/app/pager.hpp"

#include <csignal>
#include <string>

namespace whogoes::app {
namespace {

// -F: what fits the screen needs no pager; -R: colours; -X: it stays on the screen.
constexpr const char* usual =
    "if command -v less >/dev/null 2>&1; then exec less -FRX; else exec cat; fi";

}  // namespace

Pager::Pager(bool wanted, const Surroundings& here) {
    if (!wanted || !here.terminal_stdout) return;
    const std::string chosen = here.variable("PAGER");
    if (chosen == "cat") return;
    std::fflush(stdout);
    std::signal(SIGPIPE, SIG_IGN);  // whoever reads may leave before the end
    pipe_ = ::popen(chosen.empty() ? usual : chosen.c_str(), "w");
}

Pager::~Pager() {
    if (pipe_ != nullptr) ::pclose(pipe_);
}

void Pager::print(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), pipe_ != nullptr ? pipe_ : stdout);
}

}  // namespace whogoes::app
