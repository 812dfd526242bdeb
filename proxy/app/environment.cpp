#include "proxy/app/environment.hpp"

namespace whogoes::app {
namespace {

constexpr Variable rows[] = {
    {"WHOGOES_CONFIG", "the configuration file, where --config names none"},
    {"WHOGOES_ADMIN_TOKEN", "the key of the admin listener; otherwise one is made and kept"},
    {"WHOGOES_FAIL_ON", "as --fail-on"},
    {"WHOGOES_CORE_DUMPS", "1: a core may be written, which holds tokens"},
    {"API_URL", "set for the COMMAND behind --: where the proxy answers"},
    {"XDG_CONFIG_HOME", "the folder of the user's configuration [~/.config]"},
    {"XDG_STATE_HOME", "the folder of what is kept from run to run [~/.local/state]"},
    {"HOME", "where both are looked for when they are not set"},
    {"NO_COLOR", "not empty: no colours"},
    {"PAGER", "what `whogoes log show` goes through on a terminal; cat for nothing"},
    {"FORCE_COLOR", "not empty: colours where no terminal is; 0: none"},
    {"TERM", "dumb: no colours"},
    {"LC_ALL", "the first that is set of LC_ALL, LC_CTYPE and LANG: whether UTF-8 is printed"},
    {"LC_CTYPE", "see LC_ALL"},
    {"LANG", "see LC_ALL"},
    {"NOTIFY_SOCKET", "set by a service manager: it is told of start, reload and stop"},
};

}  // namespace

std::span<const Variable> other_variables() noexcept { return rows; }

}  // namespace whogoes::app
