#include "proxy/net/processes.hpp"

#include <charconv>
#include <fstream>
#include <iterator>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace whogoes::net {
namespace {

namespace fs = std::filesystem;

// The real user's, which stands first. The owner of the folder will not do: it is root's where a
// process may not be dumped.
long user_of(const fs::path& process) {
    std::ifstream status(process / "status");
    std::string line;
    while (std::getline(status, line))
        if (long user = -1; line.starts_with("Uid:")) {
            const auto first = line.find_first_of("0123456789");
            if (first != std::string::npos)
                std::from_chars(line.data() + first, line.data() + line.size(), user);
            return user;
        }
    return -1;
}

std::vector<std::string> words_of(const fs::path& process) {
    std::ifstream file(process / "cmdline", std::ios::binary);
    std::vector<std::string> words;
    for (std::string word; std::getline(file, word, '\0');) words.push_back(std::move(word));
    return words;
}

}  // namespace

std::vector<Process> processes_named(const std::string& name, const fs::path& proc) {
    std::vector<Process> found;
    std::error_code error;
    for (fs::directory_iterator entry(proc, error), end; !error && entry != end;
         entry.increment(error)) {
        const std::string number = entry->path().filename().string();
        Process process;
        const auto read = std::from_chars(number.data(), number.data() + number.size(), process.id);
        if (read.ec != std::errc{} || read.ptr != number.data() + number.size()) continue;
        std::string comm;
        std::ifstream(entry->path() / "comm") >> comm;
        if (comm != name || process.id == ::getpid()) continue;
        if (user_of(entry->path()) != static_cast<long>(::getuid())) continue;
        process.words = words_of(entry->path());
        if (!process.words.empty()) found.push_back(std::move(process));
    }
    return found;
}

}  // namespace whogoes::net
