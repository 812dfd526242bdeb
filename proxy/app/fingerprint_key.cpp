#include "proxy/app/fingerprint_key.hpp"

#include "proxy/app/state_folder.hpp"
#include "proxy/net/output_file.hpp"

#include <openssl/rand.h>

#include <fcntl.h>
#include <filesystem>
#include <system_error>
#include <unistd.h>

namespace whogoes::app {
namespace {

// A pipe or a device in its place is none, and must not be waited for.
bool read_key(const std::filesystem::path& file, rules::FingerprintKey& key) {
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (descriptor < 0) return false;
    const ssize_t octets = ::read(descriptor, key.data(), key.size());
    ::close(descriptor);
    return octets == static_cast<ssize_t>(key.size());
}

// Of two processes that start together the first one's key stays, and neither sees half of one.
std::string write_key(const std::filesystem::path& file, const rules::FingerprintKey& key) {
    std::error_code ignored;
    std::filesystem::create_directories(file.parent_path(), ignored);
    net::OutputFile output(file.string(), 0600);
    output.write({reinterpret_cast<const char*>(key.data()), key.size()});
    return output.finish(net::OutputFile::Existing::keep);
}

}  // namespace

rules::FingerprintKey fingerprint_key(std::string* flaw) {
    rules::FingerprintKey key{};
    const std::filesystem::path folder = state_folder();
    const std::filesystem::path file = folder / "fingerprint.key";
    if (!folder.empty() && read_key(file, key)) return key;
    RAND_bytes(key.data(), static_cast<int>(key.size()));
    if (folder.empty()) return key;
    const std::string unwritten = write_key(file, key);
    rules::FingerprintKey kept{};
    if (read_key(file, kept)) return kept;  // another process may have been first
    if (flaw != nullptr)
        *flaw =
            "the tokens in the log are called anew at each start, since their key is not kept (" +
            (unwritten.empty() ? file.string() + " holds no key: remove it" : unwritten) + ")";
    return key;
}

}  // namespace whogoes::app
