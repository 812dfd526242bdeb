#include "proxy/dialects/file.hpp"

#include <filesystem>
#include <fstream>

namespace whogoes::dialects {
namespace {

constexpr std::size_t most_bytes = 1024 * 1024;

}  // namespace

std::unique_ptr<DialectFile> read_own_dialect(const std::string& path, const std::string& name) {
    // A pipe without a writer would hold the start for ever.
    std::error_code error;
    const auto kind = std::filesystem::status(path, error).type();
    if (kind != std::filesystem::file_type::regular &&
        kind != std::filesystem::file_type::not_found)
        throw DialectError(name + ": is no file: name one as rules/dialects/README.md has it");
    std::ifstream in(path, std::ios::binary);
    std::string yaml(most_bytes + 1, '\0');
    in.read(yaml.data(), static_cast<std::streamsize>(yaml.size()));
    if (in.bad() || (!in && !in.eof()))
        throw DialectError(name +
                           ": cannot be read: name a file as rules/dialects/README.md has it");
    yaml.resize(static_cast<std::size_t>(in.gcount()));
    if (yaml.size() > most_bytes)
        throw DialectError(name + ": is over 1 MiB: a dialect is far smaller");
    auto file = read_dialect(yaml, name, std::filesystem::path(path).stem().string());
    if (!file->dialect.places.empty())
        throw DialectError(name +
                           ": 'places' are of built-in dialects alone, as they decide what is "
                           "masked: leave them out");
    return file;
}

}  // namespace whogoes::dialects
