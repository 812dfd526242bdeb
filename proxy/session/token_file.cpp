#include "proxy/session/token_file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace whogoes::session {
namespace {

namespace fs = std::filesystem;

std::string failure(const std::string& what) { return what + ": " + std::strerror(errno); }

bool write_all(int file, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(file, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

// So that the new name survives a crash too; some file systems cannot, and then it may not.
void sync_folder(const fs::path& folder) {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return;
    ::fsync(descriptor);
    ::close(descriptor);
}

}  // namespace

std::string store_token(const std::string& path, std::string_view token) {
    std::error_code error;
    fs::path target = fs::canonical(path, error);
    if (error) target = path;
    std::string beside =
        (target.parent_path() / ("." + target.filename().string() + ".XXXXXX")).string();
    const int file = ::mkostemp(beside.data(), O_CLOEXEC);  // with mode 0600
    if (file < 0) return failure("cannot write beside " + path);
    const bool written = write_all(file, token) && write_all(file, "\n") && ::fsync(file) == 0;
    const std::string flaw = written ? "" : failure("cannot write " + beside);
    ::close(file);
    if (!written || ::rename(beside.c_str(), target.c_str()) != 0) {
        std::string reason = written ? failure("cannot replace " + path) : flaw;
        ::unlink(beside.c_str());
        return reason;
    }
    sync_folder(target.parent_path());
    return {};
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
    const net::Secret held(token);
    net::wipe(text);
    return held;
}

}  // namespace whogoes::session
