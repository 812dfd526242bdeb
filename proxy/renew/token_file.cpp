#include "proxy/renew/token_file.hpp"

#include "proxy/net/output_file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace whogoes::renew {

std::string store_token(const std::string& path, std::string_view token) {
    net::OutputFile file(path, 0600);
    file.write(token);
    file.write("\n");
    return file.finish();
}

net::Secret stored_token(const std::string& path) {
    constexpr std::size_t most_octets = 64 * 1024;
    const int file = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (file < 0) return {};
    struct stat status {};
    std::string text;
    if (::fstat(file, &status) == 0 && S_ISREG(status.st_mode)) {
        text.resize(most_octets);
        const ssize_t got = ::read(file, text.data(), text.size());
        text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    }
    ::close(file);
    std::string_view token = text;
    if (token.ends_with('\n')) token.remove_suffix(1);
    if (token.ends_with('\r')) token.remove_suffix(1);
    net::Secret held(token);
    net::wipe(text);
    return held;
}

}  // namespace whogoes::renew
