#include "proxy/net/authorities.hpp"

#include <doctest/doctest.h>
#include <openssl/ssl.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <unistd.h>

namespace whogoes::net {
namespace {

namespace fs = std::filesystem;

// What the variables say while one of these lives.
class Told {
public:
    Told(const fs::path& file, const fs::path& folder) {
        ::setenv("SSL_CERT_FILE", file.c_str(), 1);
        ::setenv("SSL_CERT_DIR", folder.c_str(), 1);
    }
    ~Told() {
        ::unsetenv("SSL_CERT_FILE");
        ::unsetenv("SSL_CERT_DIR");
    }
    Told(const Told&) = delete;
    Told& operator=(const Told&) = delete;
};

std::optional<std::string> flaw_of(const fs::path& file, const fs::path& folder) {
    const Told told(file, folder);
    const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(
        SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    return trust_system_authorities(context.get());
}

TEST_CASE("authorities are those of the variables, and where these lead nowhere it is said") {
    const fs::path folder =
        fs::temp_directory_path() / ("authorities-" + std::to_string(::getpid()));
    const fs::path empty = folder / "empty", full = folder / "full", file = folder / "list.pem";
    fs::create_directories(empty);
    fs::create_directories(full);
    std::ofstream(full / "9d66eef0.0") << "read when a name of this hash is met\n";
    for (const char* const name : {"README", "ca.pem", "9d66eef0.pem", "9d66eef.0", "9d66eeg0.0"})
        std::ofstream(empty / name) << "nobody looks here for an authority\n";
    std::ofstream(file) << "no certificate\n";

    CHECK_FALSE(flaw_of("/nowhere.pem", full));
    CHECK_FALSE(flaw_of("/nowhere.pem", empty.string() + ":" + full.string()));
    for (const fs::path& list : {fs::path("/nowhere.pem"), file}) {
        const auto flaw = flaw_of(list, empty);
        REQUIRE(flaw);
        CAPTURE(*flaw);
        CHECK(flaw->find(list.string() + ", " + empty.string() + ";") != std::string::npos);
        CHECK(flaw->find("ca-certificates") != std::string::npos);
    }
    fs::remove_all(folder);
}

}  // namespace
}  // namespace whogoes::net
