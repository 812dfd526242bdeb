#pragma once

#include <string_view>

// What the program ends with. A command behind `--` that ran to its end has a status of its own.
namespace whogoes::app {

enum Exit : int { fine = 0, found = 1, usage = 2, no_start = 3 };

struct ExitStatus {
    std::string_view code, doc;
};

inline constexpr ExitStatus exit_statuses[] = {
    {"0", "Fine."},
    {"1", "A check found something, or the proxy that was asked is not ready."},
    {"2", "Usage: a word or a value on the command line is wrong."},
    {"3", "It could not start, or could not reach what was to be checked."},
    {"126, 127", "The COMMAND behind -- could not be run, or was not found."},
    {"other",
     "That of the COMMAND behind --, where it ran; 128 and the number of the signal that "
     "ended it."},
};

}  // namespace whogoes::app
