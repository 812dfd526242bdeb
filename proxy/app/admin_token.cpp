#include "proxy/app/admin_token.hpp"

#include "proxy/app/state_folder.hpp"

#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace whogoes::app {
namespace {

std::filesystem::path file_of(std::uint16_t port) {
    const std::filesystem::path folder = state_folder();
    return folder.empty() ? folder : folder / ("admin-" + std::to_string(port) + ".token");
}

std::string read(const std::filesystem::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0) return {};
    char text[128];
    const ssize_t octets = ::read(descriptor, text, sizeof text);
    ::close(descriptor);
    return octets > 0 ? std::string(text, static_cast<std::size_t>(octets)) : std::string();
}

}  // namespace

AdminTokenFile::AdminTokenFile(std::uint16_t port, const std::string& token) {
    const std::filesystem::path file = file_of(port);
    if (file.empty()) return;
    std::error_code error;
    std::filesystem::create_directories(file.parent_path(), error);
    // Under another name first: nobody shall read half a token, or one of the process before.
    const std::filesystem::path fresh = file.string() + "." + std::to_string(::getpid());
    const int descriptor =
        ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0) return;
    const bool whole =
        ::write(descriptor, token.data(), token.size()) == static_cast<ssize_t>(token.size());
    ::close(descriptor);
    if (whole) std::filesystem::rename(fresh, file, error);
    if (!whole || error) {
        std::filesystem::remove(fresh, error);
        return;
    }
    file_ = file;
    token_ = token;
}

AdminTokenFile::~AdminTokenFile() {
    std::error_code ignored;
    if (!file_.empty() && read(file_) == token_) std::filesystem::remove(file_, ignored);
}

AdminTokenFile::AdminTokenFile(AdminTokenFile&& other) noexcept
    : file_(std::exchange(other.file_, {})), token_(std::exchange(other.token_, {})) {}

AdminTokenFile& AdminTokenFile::operator=(AdminTokenFile&& other) noexcept {
    std::swap(file_, other.file_);
    std::swap(token_, other.token_);
    return *this;
}

std::string known_admin_token(const Surroundings& here, std::uint16_t port) {
    if (std::string told = here.variable("WHOGOES_ADMIN_TOKEN"); !told.empty()) return told;
    const std::filesystem::path file = file_of(port);
    return file.empty() ? std::string() : read(file);
}

}  // namespace whogoes::app
