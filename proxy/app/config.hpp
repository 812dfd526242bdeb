#pragma once

#include "proxy/app/options.hpp"
#include "proxy/app/values.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

// The configuration: flags over environment over file over defaults, checked as a whole.
namespace whogoes::app {

// The command line of `run`, `check`, `config` and `health`, before anybody made sense of it.
struct Arguments {
    std::map<std::string, std::vector<std::string>> flags;  // by schema path: "listen"
    std::optional<std::string> config_file;                 // --config
    std::optional<std::string> color;                       // auto, always, never
    std::vector<std::string> fail_on;
    bool allow_empty = false;
    int verbosity = 0;
    std::vector<std::string> command;
};

// Where a configuration is read from. All of the machine that it may see.
struct Surroundings {
    std::map<std::string, std::string, std::less<>> environment;
    std::string directory = ".";  // where relative paths start
    std::string system_file = "/etc/whogoes/config.yaml";
    std::function<std::string()> standard_input;  // all of it; called once at most
    bool terminal_stdout = false, terminal_stderr = false;
    unsigned cores = 1;

    std::string variable(std::string_view name) const;  // empty: unset or empty
};
Surroundings this_process();

// The three sources together, unchecked as a whole, and what is wrong so far.
struct Gathered {
    Written written;          // of the file, with environment and flags over it
    std::string config_file;  // in use; empty: none
    std::vector<std::string> searched;
    std::vector<Problem> problems;
};
Gathered gather(const Arguments&, const Surroundings&);

// Throws ConfigError with everything that is wrong. The result's `load` reads again.
RunOptions load_options(const Arguments&, const Surroundings&);

// The effective configuration as YAML, the origin of each value in a comment, secrets masked.
std::string print_config(const Gathered&);
// The same for programs: {"settings":{PATH:{"value":…,"origin":…}},"routes":[…]}.
std::string print_config_json(const Gathered&);

enum class Standard : std::uint8_t { output, error };
bool colour_wanted(const Arguments&, const Surroundings&, Standard);
bool utf8_wanted(const Surroundings&);

}  // namespace whogoes::app
