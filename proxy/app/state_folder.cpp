#include "proxy/app/state_folder.hpp"

#include "proxy/net/output_file.hpp"

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
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
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

// Of two processes that start together the first one's bytes stay, and neither sees half of them.
std::string write_kept(const fs::path& file, const std::string& text) {
    std::error_code ignored;
    fs::create_directories(file.parent_path(), ignored);
    net::OutputFile output(file.string(), 0600);
    output.write(text);
    return output.finish(net::OutputFile::Existing::keep);
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

std::string kept_random(std::string_view file_name, std::size_t bytes, std::string* flaw) {
    const fs::path folder = state_folder();
    const fs::path file = folder / file_name;
    if (!folder.empty())
        if (std::string kept = read_kept(file, bytes); !kept.empty()) return kept;
    std::string fresh(bytes, '\0');
    RAND_bytes(reinterpret_cast<unsigned char*>(fresh.data()), static_cast<int>(bytes));
    if (folder.empty()) return fresh;
    const std::string unwritten = write_kept(file, fresh);
    std::string kept = read_kept(file, bytes);
    if (!kept.empty()) return kept;  // another process may have been first
    if (flaw != nullptr)
        *flaw = unwritten.empty() ? file.string() + " holds no key: remove it" : unwritten;
    return fresh;
}

}  // namespace whogoes::app
