#include "proxy/tools/progress.hpp"

#include <algorithm>
#include <utility>

namespace whogoes::tools {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 2s;      // before there is a bar at all
constexpr auto between = 100ms;    // two drawings
constexpr std::size_t cells = 30;  // of the bar

std::string bar(double share, bool utf8) {
    const auto full = static_cast<std::size_t>(share * static_cast<double>(cells));
    std::string text = utf8 ? "" : "[";
    for (std::size_t i = 0; i < cells; ++i)
        text += i < full ? (utf8 ? "█" : "#") : (utf8 ? "░" : ".");
    return utf8 ? text : text + "]";
}

std::string time_left(std::chrono::duration<double> elapsed, double share) {
    const auto seconds =
        static_cast<std::uint64_t>(elapsed.count() * (1 - share) / std::max(share, 1e-9)) + 1;
    if (seconds > 86400) return {};
    const std::string words =
        seconds >= 60 ? std::to_string(seconds / 60) + " min " + std::to_string(seconds % 60) + " s"
                      : std::to_string(seconds) + " s";
    return "  " + words + " left";
}

}  // namespace

Progress::Progress(std::string what, bool utf8, Print print, Clock clock)
    : what_(std::move(what)), utf8_(utf8), print_(std::move(print)), clock_(std::move(clock)) {}

void Progress::note(std::uint64_t done, std::uint64_t of) {
    const Moment now = clock_();
    if (!began_) began_ = now;
    if (now - *began_ < patience || (drawn_ && now - *drawn_ < between)) return;
    drawn_ = now;
    visible_ = true;
    std::string line = "\r  " + what_;
    if (of > 0) {
        const double share = std::min(1.0, static_cast<double>(done) / static_cast<double>(of));
        line += "  " + bar(share, utf8_) + "  " + std::to_string(static_cast<int>(share * 100)) +
                " %" + time_left(now - *began_, share);
    }
    print_(line + "\x1b[K");
}

void Progress::clear() {
    if (!std::exchange(visible_, false)) return;
    print_("\r\x1b[K");
}

}  // namespace whogoes::tools
