#include "proxy/app/state_folder.hpp"

#include <openssl/rand.h>

#include <cstdlib>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace whogoes::app {
namespace {

namespace fs = std::filesystem;

const char* state_home() {
    const char* const state = std::getenv("XDG_STATE_HOME");
    return state != nullptr && *state == '/' ? state : nullptr;
}

// Empty where it is not whole, or not this user's alone.
std::string read_kept(const fs::path& file, std::size_t bytes) {
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (descriptor < 0) return {};
    struct stat status {};
    std::string text(bytes, '\0');
    const bool own = ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) &&
                     status.st_uid == ::geteuid();
    if (own && (status.st_mode & 077U) != 0) ::fchmod(descriptor, 0600);
    const bool whole = own && ::read(descriptor, text.data(), bytes) == static_cast<ssize_t>(bytes);
    ::close(descriptor);
    return whole ? text : std::string();
}

// Under another name first: two processes that start together must not see half of it.
void write_kept(const fs::path& file, const std::string& text) {
    std::error_code ignored;
    fs::create_directories(file.parent_path(), ignored);
    const fs::path fresh = file.string() + "." + std::to_string(::getpid());
    const int descriptor = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0) return;
    const bool whole =
        ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    ::close(descriptor);
    if (whole) fs::create_hard_link(fresh, file, ignored);
    fs::remove(fresh, ignored);
}

}  // namespace

fs::path state_folder() {
    if (const char* state = state_home()) return fs::path(state) / "whogoes";
    if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/')
        return fs::path(home) / ".local/state/whogoes";
    return {};
}

std::string state_folder_in_words() {
    return state_home() != nullptr ? "$XDG_STATE_HOME/whogoes" : "~/.local/state/whogoes";
}

std::string kept_random(std::string_view file_name, std::size_t bytes) {
    const fs::path folder = state_folder();
    const fs::path file = folder / file_name;
    if (!folder.empty())
        if (std::string kept = read_kept(file, bytes); !kept.empty()) return kept;
    std::string fresh(bytes, '\0');
    RAND_bytes(reinterpret_cast<unsigned char*>(fresh.data()), static_cast<int>(bytes));
    if (folder.empty()) return fresh;
    write_kept(file, fresh);
    std::string kept = read_kept(file, bytes);
    return kept.empty() ? fresh : kept;  // another process may have been first
}

}  // namespace whogoes::app
