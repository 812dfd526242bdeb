#include "proxy/net/port_holder.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>
#include <vector>

// By the kernel's table of sockets (proc(5)), and the descriptors that lead to one of them.
namespace whogoes::net {
namespace {

namespace fs = std::filesystem;

void add_listening(const char* table, std::uint16_t port, std::vector<std::string>& links) {
    constexpr std::string_view listening = "0A";
    std::ifstream file(table);
    std::string line;
    std::getline(file, line);  // the headings
    while (std::getline(file, line)) {
        std::istringstream words(line);
        std::string number, local, remote, state, queues, timer, retransmits, user, timeout, inode;
        words >> number >> local >> remote >> state >> queues >> timer >> retransmits >> user >>
            timeout >> inode;
        const auto colon = local.rfind(':');
        if (!words || state != listening || colon == std::string::npos) continue;
        unsigned number_of_port = 0;
        std::from_chars(local.data() + colon + 1, local.data() + local.size(), number_of_port, 16);
        if (number_of_port != port) continue;
        links.push_back("socket:[" + inode + "]");
    }
}

bool holds_one_of(const fs::path& process, const std::vector<std::string>& links) {
    std::error_code error;
    for (fs::directory_iterator descriptor(process / "fd", error), end; !error && descriptor != end;
         descriptor.increment(error)) {
        std::error_code unreadable;
        const std::string link = fs::read_symlink(descriptor->path(), unreadable).string();
        if (std::find(links.begin(), links.end(), link) != links.end()) return true;
    }
    return false;
}

}  // namespace

std::string port_holder(std::uint16_t port) {
    std::vector<std::string> links;
    add_listening("/proc/net/tcp", port, links);
    add_listening("/proc/net/tcp6", port, links);
    if (links.empty()) return {};
    std::error_code error;
    for (fs::directory_iterator process("/proc", error), end; !error && process != end;
         process.increment(error)) {
        const std::string pid = process->path().filename().string();
        if (pid.find_first_not_of("0123456789") != std::string::npos) continue;
        if (!holds_one_of(process->path(), links)) continue;
        std::string name;
        std::ifstream(process->path() / "comm") >> name;
        return name + " (pid " + pid + ")";
    }
    return {};
}

}  // namespace whogoes::net
