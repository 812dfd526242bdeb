#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

// A bar on a terminal for work that takes longer than two seconds; quicker work shows none.
namespace whogoes::tools {

class Progress {
public:
    using Clock = std::function<std::chrono::steady_clock::time_point()>;
    using Print = std::function<void(std::string_view)>;

    // `what`: "reading", "judging". `print` writes to a terminal.
    Progress(
        std::string what, bool utf8, Print print,
        Clock clock = [] { return std::chrono::steady_clock::now(); });

    // `of`: how much there is in the same unit, 0 where that is not known.
    void note(std::uint64_t done, std::uint64_t of);
    // Takes the bar away: before anything else is written to the terminal, and at the end.
    void clear();

private:
    using Moment = std::chrono::steady_clock::time_point;

    std::string what_;
    bool utf8_;
    Print print_;
    Clock clock_;
    std::optional<Moment> began_, drawn_;
    bool visible_ = false;
};

}  // namespace whogoes::tools
