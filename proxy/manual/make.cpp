#include "proxy/manual/completions.hpp"
#include "proxy/manual/man_page.hpp"

#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>

// Run by the build: writes the manual page and the completions into FOLDER.
//
//   whogoes_manual FOLDER [DATE]        DATE: of the release, 2026-11-29

namespace {

void write(const std::filesystem::path& path, const std::string& text) {
    std::ofstream file(path, std::ios::binary);
    file << text;
    if (!file.flush()) throw std::runtime_error(path.string() + ": cannot be written");
}

}  // namespace

int main(int argc, char** argv) {
    using namespace whogoes::manual;
    if (argc < 2) {
        std::cerr << "whogoes_manual FOLDER [DATE]\n";
        return 2;
    }
    try {
        const std::filesystem::path folder(argv[1]);
        std::filesystem::create_directories(folder);
        Program program = read_program();
        if (argc > 2) program.date = argv[2];
        write(folder / "whogoes.1", man_page(program));
        write(folder / "whogoes.bash", bash_completion(program));
        write(folder / "_whogoes", zsh_completion(program));
        write(folder / "whogoes.fish", fish_completion(program));
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "whogoes_manual: " << error.what() << "\n";
        return 1;
    }
}
