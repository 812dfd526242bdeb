#include "proxy/net/output_file.hpp"

#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace whogoes::net {
namespace {

namespace fs = std::filesystem;

constexpr int most_links = 40;  // as the kernel follows

bool is_link(const std::string& path) {
    struct stat status {};
    return ::lstat(path.c_str(), &status) == 0 && S_ISLNK(status.st_mode);
}

// Under /proc a link is not followed by its text: it is the open file itself.
bool lies_in_proc(const fs::path& path) {
    std::error_code error;
    const std::string folder = fs::canonical(path.parent_path(), error).string();
    return !error && (folder == "/proc" || folder.starts_with("/proc/"));
}

// Of a name such as /dev/stdout or /dev/fd/7; else -1.
int own_descriptor(const std::string& path) {
    std::error_code error;
    const fs::path whole =
        fs::canonical(fs::path(path).parent_path(), error) / fs::path(path).filename();
    const std::string own = "/proc/" + std::to_string(::getpid()) + "/fd";
    if (error || whole.parent_path() != own) return -1;
    const std::string name = whole.filename().string();
    int number = -1;
    const auto read = std::from_chars(name.data(), name.data() + name.size(), number);
    return read.ec == std::errc() && read.ptr == name.data() + name.size() ? number : -1;
}

bool is_replaceable(const std::string& target) {
    struct stat status {};
    if (lies_in_proc(target)) return false;
    return ::stat(target.c_str(), &status) != 0 || S_ISREG(status.st_mode);
}

// So that the new name survives a crash, too; some file systems cannot, and then it may not.
void sync_folder(const fs::path& folder) {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return;
    ::fsync(descriptor);
    ::close(descriptor);
}

fs::path folder_of(const std::string& target) {
    const fs::path folder = fs::path(target).parent_path();
    return folder.empty() ? fs::path(".") : folder;
}

}  // namespace

std::string end_of_links(const std::string& path) {
    fs::path here = path;
    for (int i = 0; i < most_links && is_link(here.string()) && !lies_in_proc(here); ++i) {
        std::error_code error;
        const fs::path next = fs::read_symlink(here, error);
        if (error) break;
        here = next.is_absolute() ? next : here.parent_path() / next;
    }
    return here.string();
}

OutputFile::OutputFile(std::string path, mode_t mode, bool patient)
    : path_(std::move(path)), target_(end_of_links(path_)) {
    if (is_replaceable(target_))
        open_beside(mode);
    else
        open_through(patient);
}

OutputFile::~OutputFile() {
    if (descriptor_ < 0) return;
    ::close(descriptor_);
    if (!beside_.empty()) ::unlink(beside_.c_str());
}

void OutputFile::open_beside(mode_t mode) {
    static std::atomic<unsigned> made{0};
    const fs::path target(target_);
    do {
        beside_ = (target.parent_path() /
                   ("." + target.filename().string() + "." + std::to_string(::getpid()) + "-" +
                    std::to_string(made.fetch_add(1))))
                      .string();
        descriptor_ =
            ::open(beside_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    } while (descriptor_ < 0 && errno == EEXIST);  // left behind by another process of this number
    if (descriptor_ >= 0) return;
    const int error = errno;
    fail("cannot write beside ", path_);
    if (error == EACCES || error == EROFS || error == EPERM)
        flaw_ += "; the folder " + folder_of(target_).string() + " must be writable";
}

void OutputFile::open_through(bool patient) {
    const int own = own_descriptor(target_);
    if (own >= 0) {
        descriptor_ = ::fcntl(own, F_DUPFD_CLOEXEC, 3);
    } else {
        const int wait = patient ? 0 : O_NONBLOCK;
        descriptor_ = ::open(target_.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY | wait);
        if (descriptor_ >= 0 && !patient) ::fcntl(descriptor_, F_SETFL, 0);
    }
    if (descriptor_ < 0) fail("cannot write to ", path_);
}

void OutputFile::fail(std::string_view what, std::string_view path) {
    const int error = errno;
    if (flaw_.empty()) flaw_ = std::string(what).append(path) + ": " + std::strerror(error);
}

void OutputFile::write(std::string_view octets) {
    while (!octets.empty() && flaw_.empty() && descriptor_ >= 0) {
        const ssize_t written = ::write(descriptor_, octets.data(), octets.size());
        if (written > 0)
            octets.remove_prefix(static_cast<std::size_t>(written));
        else if (written == 0 || errno != EINTR)
            fail("cannot write ", path_);
    }
}

std::string OutputFile::put_in_place(Existing existing) {
    if (existing == Existing::replace) {
        if (::rename(beside_.c_str(), target_.c_str()) == 0) return {};
    } else if (::link(beside_.c_str(), target_.c_str()) == 0 || errno == EEXIST) {
        ::unlink(beside_.c_str());
        return {};
    }
    fail("cannot replace ", path_);
    ::unlink(beside_.c_str());
    return flaw_;
}

std::string OutputFile::finish(Existing existing) {
    const int file = std::exchange(descriptor_, -1);
    if (file < 0) return flaw_;
    if (!beside_.empty() && flaw_.empty() && ::fsync(file) != 0) fail("cannot write ", path_);
    if (::close(file) != 0) fail("cannot write ", path_);
    if (beside_.empty()) return flaw_;
    if (!flaw_.empty()) {
        ::unlink(beside_.c_str());
        return flaw_;
    }
    std::string flaw = put_in_place(existing);
    if (flaw.empty()) sync_folder(folder_of(target_));
    return flaw;
}

}  // namespace whogoes::net
