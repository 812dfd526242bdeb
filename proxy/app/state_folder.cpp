#include "proxy/app/state_folder.hpp"

#include <cstdlib>

namespace whogoes::app {

std::filesystem::path state_folder() {
    if (const char* state = std::getenv("XDG_STATE_HOME"); state != nullptr && *state == '/')
        return std::filesystem::path(state) / "whogoes";
    if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/')
        return std::filesystem::path(home) / ".local/state/whogoes";
    return {};
}

}  // namespace whogoes::app
