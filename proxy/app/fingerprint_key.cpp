#include "proxy/app/fingerprint_key.hpp"

#include "proxy/app/state_folder.hpp"

#include <openssl/rand.h>

#include <fcntl.h>
#include <filesystem>
#include <system_error>
#include <unistd.h>

namespace whogoes::app {
namespace {

bool read_key(const std::filesystem::path& file, rules::FingerprintKey& key) {
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0) return false;
    const ssize_t octets = ::read(descriptor, key.data(), key.size());
    ::close(descriptor);
    return octets == static_cast<ssize_t>(key.size());
}

// Under another name first: two processes that start together must not see half a key.
void write_key(const std::filesystem::path& file, const rules::FingerprintKey& key) {
    std::error_code ignored;
    std::filesystem::create_directories(file.parent_path(), ignored);
    const std::filesystem::path fresh = file.string() + "." + std::to_string(::getpid());
    const int descriptor = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0) return;
    const bool whole =
        ::write(descriptor, key.data(), key.size()) == static_cast<ssize_t>(key.size());
    ::close(descriptor);
    if (whole) std::filesystem::create_hard_link(fresh, file, ignored);
    std::filesystem::remove(fresh, ignored);
}

}  // namespace

rules::FingerprintKey fingerprint_key() {
    rules::FingerprintKey key{};
    const std::filesystem::path folder = state_folder();
    const std::filesystem::path file = folder / "fingerprint.key";
    if (!folder.empty() && read_key(file, key)) return key;
    RAND_bytes(key.data(), static_cast<int>(key.size()));
    if (folder.empty()) return key;
    write_key(file, key);
    rules::FingerprintKey kept{};
    return read_key(file, kept) ? kept : key;  // another process may have been first
}

}  // namespace whogoes::app
