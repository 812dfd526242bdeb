#include "proxy/report/advice.hpp"

#include <algorithm>
#include <string_view>

namespace whogoes::report {
namespace {

constexpr std::string_view profile = "--dev";
constexpr std::string_view next_way = ", or ";

std::string_view whole_advice(const rules::Diagnosis& diagnosis) {
    if (diagnosis.main) return diagnosis.main->what_to_do();
    if (diagnosis.violations.empty() || diagnosis.violations.front().rule == nullptr) return {};
    return diagnosis.violations.front().rule->advice;
}

std::string without_profile(std::string_view advice) {
    std::string left;
    while (!advice.empty()) {
        const std::size_t end = std::min(advice.find(next_way), advice.size());
        const std::string_view way = advice.substr(0, end);
        advice.remove_prefix(std::min(end + next_way.size(), advice.size()));
        if (way.find(profile) != std::string_view::npos) continue;
        if (!left.empty()) left += next_way;
        left += way;
    }
    // The second way begins in the middle of a sentence.
    if (!left.empty() && left.front() >= 'a' && left.front() <= 'z')
        left.front() = static_cast<char>(left.front() - 'a' + 'A');
    return left;
}

}  // namespace

std::string advice_of(const AuthEvent& event) {
    const std::string_view advice = whole_advice(event.diagnosis);
    const bool done = !event.changes.empty() && advice.find(profile) != std::string_view::npos;
    return done ? without_profile(advice) : std::string(advice);
}

}  // namespace whogoes::report
