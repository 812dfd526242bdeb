#include "proxy/tools/nearest.hpp"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

namespace whogoes::tools {
namespace {

std::string lowered(std::string_view text) {
    std::string lower(text);
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return lower;
}

// Letters put in, left out, changed, or swapped with their neighbour, as in "lnit".
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::swap(before, above);
        std::swap(above, row);
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            row[j] = std::min({row[j - 1] + 1, above[j] + 1,
                               above[j - 1] + static_cast<std::size_t>(a[i - 1] != b[j - 1])});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
    }
    return row[b.size()];
}

}  // namespace

std::string nearest(std::string_view text, std::string_view candidates) {
    const std::string wanted = lowered(text.substr(0, 64));
    std::string best, longer;
    if (wanted.size() < 2) return best;  // a letter is near to every other
    bool longer_is_one = true;
    std::size_t best_distance =
        std::max<std::size_t>(1, std::min<std::size_t>(3, wanted.size() / 3)) + 1;
    while (!candidates.empty()) {
        const auto bar = std::min(candidates.find('|'), candidates.size());
        const std::string_view candidate = candidates.substr(0, bar);
        const std::size_t far = distance(wanted, lowered(candidate));
        if (far < best_distance) {
            best_distance = far;
            best = candidate;
        }
        if (wanted.size() >= 3 && lowered(candidate).starts_with(wanted)) {
            longer_is_one = longer.empty();
            longer = candidate;
        }
        candidates.remove_prefix(std::min(bar + 1, candidates.size()));
    }
    return best.empty() && longer_is_one ? longer : best;
}

std::string did_you_mean(std::string_view text, std::string_view candidates) {
    const std::string best = nearest(text, candidates);
    return best.empty() ? std::string() : "; did you mean \"" + best + "\"?";
}

}  // namespace whogoes::tools
