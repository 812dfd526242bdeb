#include "proxy/tools/dialects.hpp"

#include "tests/tools/common.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

namespace whogoes::tools {
namespace {

std::string example() {
    std::ifstream file(WHOGOES_SOURCE_DIR "/examples/dialects/our-api.yaml", std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

// A file that lives as long as its test.
class OwnFile {
public:
    explicit OwnFile(const std::string& yaml)
        : path_((std::filesystem::temp_directory_path() /
                 ("whogoes-dialect-" + std::to_string(::getpid()) + ".yaml"))
                    .string()) {
        std::ofstream(path_, std::ios::binary) << yaml;
    }
    ~OwnFile() { std::filesystem::remove(path_); }
    OwnFile(const OwnFile&) = delete;
    OwnFile& operator=(const OwnFile&) = delete;
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

std::string with(std::string text, std::string_view part, std::string_view other) {
    const std::size_t at = text.find(part);
    REQUIRE(at != std::string::npos);
    return text.replace(at, part.size(), other);
}

TEST_CASE("the example of an own dialect holds") {
    const OwnFile file(example());
    const DialectTest test = test_dialect(file.path());
    CHECK(test.error.empty());
    CHECK(test.holds);
    CHECK(holds(test.text, "2 cases and 2 sayings: 4 hold, 0 do not\n"));
}

TEST_CASE("a case that comes out otherwise is named with its line") {
    const OwnFile file(with(example(), "code: E1051", "code: E1052"));
    const DialectTest test = test_dialect(file.path());
    CHECK_FALSE(test.holds);
    CHECK(holds(test.text, file.path() + ":14: permission-denied: "));
}

TEST_CASE("a mistake is named with its place and its cure") {
    const OwnFile unknown(with(example(), "cause: token-expired", "cause: token-expried"));
    CHECK(holds(test_dialect(unknown.path()).error, ":11: 'token-expried' is no cause"));
    CHECK(holds(test_dialect("no/such.yaml").error, "no/such.yaml: cannot be read"));
    CHECK(holds(test_dialect("/dev/zero").error, "/dev/zero: is no file"));
    CHECK(holds(test_dialect("/").error, "/: is no file"));
    const OwnFile place("name: A\nabout: b\nplaces:\n  - {field: X-A, holds: token}\n");
    CHECK(holds(test_dialect(place.path()).error, "leave them out"));
}

TEST_CASE("built-in dialects are listed, and shown as files have them") {
    CHECK(holds(list_dialects(), "\ngithub "));
    const auto github = show_dialect("github");
    REQUIRE(github);
    CHECK(holds(*github, "name: 'GitHub'\n"));
    CHECK(holds(*github, "\nsayings:\n  - {"));
    CHECK_FALSE(holds(*github, "layer:"));
    CHECK(holds(show_dialect("express").value_or(""), "\nlayer: base\n"));
    CHECK_FALSE(show_dialect("githbu"));
    CHECK(holds(nearest_dialect("githbu"), "github"));
}

}  // namespace
}  // namespace whogoes::tools
