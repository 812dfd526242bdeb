#include "dialects/builtin_files.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace whogoes::dialects {

std::vector<BuiltinFile> read_builtin_files(const std::string& source_dir) {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(source_dir + "/rules/dialects"))
        if (entry.path().extension() == ".yaml" && entry.path().stem() != "prefixes" &&
            entry.path().stem() != "placeholders")
            paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    std::vector<BuiltinFile> files;
    for (const std::filesystem::path& path : paths) {
        std::ifstream in(path, std::ios::binary);
        const std::string yaml{std::istreambuf_iterator<char>(in), {}};
        const std::string name = "rules/dialects/" + path.filename().string();
        files.push_back({name, read_dialect(yaml, name, path.stem().string())});
    }
    return files;
}

}  // namespace whogoes::dialects
