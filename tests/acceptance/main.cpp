#include "acceptance/case.hpp"
#include "acceptance/judge.hpp"
#include "acceptance/stage.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

// acceptance FILE…: plays every case of each file and says which fail, and why. Ends with
// "N passed, N failed"; exit 1 when one failed, 2 when a file cannot be read.
namespace whogoes::acceptance {
namespace {

// Cases that are known and left open on purpose, counted apart. Empty is right.
constexpr std::array<std::string_view, 0> out_of_scope{};

struct Tally {
    std::size_t passed = 0, failed = 0, left_out = 0;
};

void run_case(const Case& the_case, const boost::json::object& tokens, Tally& tally) {
    if (std::find(out_of_scope.begin(), out_of_scope.end(), the_case.id) != out_of_scope.end()) {
        ++tally.left_out;
        return;
    }
    std::vector<std::string> flaws;
    try {
        flaws = differences(the_case.expected, play(the_case, tokens));
    } catch (const std::exception& error) {
        flaws.push_back(error.what());
    }
    ++(flaws.empty() ? tally.passed : tally.failed);
    if (flaws.empty()) return;
    std::printf("FAILED %s\n", the_case.id.c_str());
    for (const std::string& flaw : flaws) std::printf("    %s\n", flaw.c_str());
}

int run(const std::vector<std::string>& files) {
    Tally tally;
    for (const std::string& path : files) {
        const CaseFile file = read_case_file(path);
        for (const Case& the_case : file.cases) run_case(the_case, file.tokens, tally);
    }
    if (tally.left_out > 0) std::printf("%zu out of scope\n", tally.left_out);
    std::printf("%zu passed, %zu failed\n", tally.passed, tally.failed);
    return tally.failed == 0 && tally.passed > 0 ? 0 : 1;
}

}  // namespace
}  // namespace whogoes::acceptance

int main(int argc, char** argv) {
    const std::vector<std::string> files(argv + 1, argv + argc);
    if (files.empty()) {
        std::fputs("usage: acceptance FILE…\n", stderr);
        return 2;
    }
    try {
        return whogoes::acceptance::run(files);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "acceptance: %s\n", error.what());
        return 2;
    }
}
