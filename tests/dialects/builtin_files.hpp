#pragma once

#include "proxy/dialects/read.hpp"

#include <memory>
#include <string>
#include <vector>

// The files of rules/dialects/ as they are now, not as the build found them.
namespace whogoes::dialects {

struct BuiltinFile {
    std::string path{};  // "rules/dialects/github.yaml", for messages
    std::unique_ptr<DialectFile> file{};
};

// Sorted by name; throws DialectError.
std::vector<BuiltinFile> read_builtin_files(const std::string& source_dir);

}  // namespace whogoes::dialects
