#include "proxy/app/running_proxy.hpp"

#include <utility>

namespace whogoes::app {

std::optional<Arguments> running_proxy(const std::vector<net::Process>& processes) {
    std::optional<Arguments> found;
    for (const net::Process& process : processes) {
        if (process.words.empty()) continue;
        CommandLine line = parse_command_line({process.words.begin() + 1, process.words.end()});
        if (line.exit_code || line.verb != "run") continue;
        if (found) return std::nullopt;
        found = std::move(line.arguments);
        if (found->config_file == "-") found->config_file.reset();  // its input is not ours
    }
    return found;
}

}  // namespace whogoes::app
