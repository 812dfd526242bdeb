#include "proxy/tools/progress.hpp"

#include <doctest/doctest.h>

#include <string>

namespace whogoes::tools {
namespace {

using namespace std::chrono_literals;

struct Terminal {
    std::chrono::steady_clock::time_point now{};
    std::string shown;
    Progress progress{"reading", false, [this](std::string_view text) { shown.append(text); },
                      [this] { return now; }};
};

TEST_CASE("what is done within two seconds shows no bar") {
    Terminal terminal;
    for (int i = 0; i < 19; ++i) {
        terminal.progress.note(static_cast<std::uint64_t>(i), 20);
        terminal.now += 100ms;
    }
    terminal.progress.clear();
    CHECK(terminal.shown == "");
}

TEST_CASE("what takes longer shows its share and the time that is left, and leaves nothing") {
    Terminal terminal;
    terminal.progress.note(0, 100);
    terminal.now += 10s;
    terminal.progress.note(25, 100);
    CHECK(terminal.shown == "\r  reading  [#######.......................]  25 %  31 s left\x1b[K");
    terminal.shown.clear();
    terminal.now += 50ms;
    terminal.progress.note(26, 100);
    CHECK(terminal.shown == "");  // ten times a second are enough
    terminal.now += 190s;
    terminal.progress.note(50, 100);
    CHECK(terminal.shown.find("50 %  3 min 21 s left") != std::string::npos);
    terminal.shown.clear();
    terminal.progress.clear();
    terminal.progress.clear();
    CHECK(terminal.shown == "\r\x1b[K");
}

TEST_CASE("where nobody knows how much there is, the bar is left out") {
    Terminal terminal;
    terminal.progress.note(0, 0);
    terminal.now += 3s;
    terminal.progress.note(7, 0);
    CHECK(terminal.shown == "\r  reading\x1b[K");
}

}  // namespace
}  // namespace whogoes::tools
