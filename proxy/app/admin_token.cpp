#include "proxy/app/admin_token.hpp"

#include "proxy/app/state_folder.hpp"
#include "proxy/net/output_file.hpp"

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
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (descriptor < 0) return {};
    char text[128];
    const ssize_t octets = ::read(descriptor, text, sizeof text);
    ::close(descriptor);
    return octets > 0 ? std::string(text, static_cast<std::size_t>(octets)) : std::string();
}

}  // namespace

AdminTokenFile::AdminTokenFile(std::uint16_t port, const std::string& token, std::string& flaw) {
    const std::filesystem::path file = file_of(port);
    if (file.empty()) return;
    std::error_code ignored;
    std::filesystem::create_directories(file.parent_path(), ignored);
    // Nobody shall read half a token, or one of the process before.
    net::OutputFile output(file.string(), 0600);
    output.write(token);
    if (const std::string unwritten = output.finish(); !unwritten.empty()) {
        flaw = "`whogoes log` will ask for the admin token, which could not be left for it (" +
               unwritten + ")";
        return;
    }
    file_ = file;
    token_ = token;
}

AdminTokenFile::~AdminTokenFile() {
    std::error_code ignored;
    if (!file_.empty() && read(file_) == token_)
        std::filesystem::remove(net::end_of_links(file_.string()), ignored);
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
