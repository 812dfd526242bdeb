#include "rules/challenge.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

// Field lines, parted by line feeds: whatever is read must lie within them.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace whogoes::rules;
    std::string_view text(reinterpret_cast<const char*>(data), size);
    std::vector<std::string_view> lines;
    while (lines.size() < 8) {
        const std::size_t end = text.find('\n');
        lines.push_back(text.substr(0, end));
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
    const ChallengeList list = parse_challenges(lines);
    for (const SyntaxFlaw& flaw : list.flaws)
        if (flaw.line >= lines.size() || flaw.offset > lines[flaw.line].size() ||
            flaw.expected.empty())
            std::abort();
    for (const Challenge& challenge : list.challenges)
        if (challenge.scheme.empty() || challenge.line >= lines.size() ||
            (!challenge.token68.empty() && !challenge.parameters.empty()))
            std::abort();
    return 0;
}
