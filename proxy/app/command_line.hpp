#pragma once

#include "proxy/app/config.hpp"
#include "proxy/app/lint_flags.hpp"
#include "proxy/app/log_words.hpp"
#include "proxy/tools/causes.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

// The command line taken apart; nothing is done here. An unknown word is not quoted back where it
// may be a secret that was pasted into the wrong place.
namespace whogoes::app {

struct ExplainArguments {
    std::string credential;  // empty: ask, or read from a pipe
    std::string issuer, keys_file;
    std::vector<std::string> audiences;
    std::string leeway;
};

struct SimulateArguments {
    std::string cause;
    std::string match = "/**";
    std::string duration = "5m";
};

struct CommandLine {
    std::string verb = "run";
    Arguments arguments;  // of run, check, config, log, health and simulate
    ExplainArguments explain;
    LintArguments lint;
    LogArguments log;
    SimulateArguments simulate;
    std::vector<std::string> mcp_inputs;  // files and URLs; empty: the running proxy
    std::string cause;                    // of causes
    std::vector<std::string> dialects;    // its words
    std::string output = "text";
    std::string wait;   // of health
    bool open = false;  // of review: in the browser

    // Where parsing was the end of it (help, version, an error): what to print and the exit code.
    std::optional<int> exit_code;
    std::string message;
};

// Without the program's name.
CommandLine parse_command_line(std::vector<std::string> words);

}  // namespace whogoes::app
