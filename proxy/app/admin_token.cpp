#include "proxy/app/admin_token.hpp"

#include "proxy/app/secret_text.hpp"
#include "proxy/app/state_folder.hpp"
#include "proxy/net/output_file.hpp"

#include <algorithm>
#include <charconv>
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

std::string kept_admin_token() {
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const char c : kept_random("admin.key", 16)) {
        const auto byte = static_cast<unsigned char>(c);
        text += {digits[byte >> 4U], digits[byte & 15U]};
    }
    return text;
}

std::string admin_token_place(bool chosen, const AdminTokenFile& file) {
    if (chosen) return "it is what WHOGOES_ADMIN_TOKEN was set to";
    if (file.name().empty()) return "it was printed when whogoes started";
    return "`whogoes review` prints it, and it lies in " + state_folder_in_words() + "/" +
           file.name();
}

std::vector<std::uint16_t> ports_with_admin_token() {
    std::vector<std::uint16_t> ports;
    const std::filesystem::path folder = state_folder();
    std::error_code error;
    for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end;
         at.increment(error)) {
        const std::string name = at->path().filename().string();
        if (!name.starts_with("admin-") || !name.ends_with(".token")) continue;
        const std::string number = name.substr(6, name.size() - 12);
        std::uint16_t port = 0;
        const auto [behind, flaw] =
            std::from_chars(number.data(), number.data() + number.size(), port);
        if (flaw == std::errc() && behind == number.data() + number.size()) ports.push_back(port);
    }
    std::sort(ports.begin(), ports.end());
    return ports;
}

std::string known_admin_token(const Surroundings& here, std::uint16_t port) {
    if (const std::string told = here.variable("WHOGOES_ADMIN_TOKEN"); !told.empty())
        if (const auto revealed = reveal_secret(told, here, ""); revealed.has_value())
            return *revealed;
    const std::filesystem::path file = file_of(port);
    return file.empty() ? std::string() : read(file);
}

}  // namespace whogoes::app
