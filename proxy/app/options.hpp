#pragma once

#include "proxy/report/auth_log.hpp"
#include "proxy/settings/settings.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

// What `whogoes run` was asked to do: the result of flags, environment and file together, checked.
// Plain data; nothing is opened or bound here.
namespace whogoes::app {

struct ListenAddress {
    std::string host;        // an address, no brackets: "127.0.0.1", "::1"; empty for a unix socket
    std::uint16_t port = 0;  // 0: the system picks one
    std::string unix_path;   // empty: TCP

    std::string text() const;  // "127.0.0.1:8401", "[::1]:8401", "unix:/run/x"
    bool loopback() const;     // a unix socket counts as one
    bool operator==(const ListenAddress&) const = default;
};

struct ListenerTls {
    std::string certificate_file, key_file;  // both empty: plain HTTP
    bool enabled() const { return !certificate_file.empty(); }
};

struct Drain {
    std::chrono::milliseconds delay{0};
    std::chrono::milliseconds timeout{30000};
};

// One thing that is wrong with the configuration, and where.
struct Problem {
    std::string where;    // "whogoes.yaml:3:5", "--listen", "WHOGOES_LISTEN"
    std::string key;      // "log.rotate.size"; empty: the file as a whole
    std::string message;  // what is wrong and the cure
    bool from_flag = false;

    std::string text() const;  // "whogoes.yaml:3:5: log.rotate.size: …"
};

// Everything that is wrong with a configuration, at most 20 problems. what() has one line for each.
class ConfigError : public std::runtime_error {
public:
    explicit ConfigError(std::vector<Problem> problems);
    const std::vector<Problem>& problems() const noexcept { return problems_; }
    bool usage() const noexcept;  // all of it stands on the command line

private:
    std::vector<Problem> problems_;
};

struct RunOptions {
    std::shared_ptr<const settings::Settings> settings;  // never null
    std::vector<ListenAddress> listen;
    ListenerTls tls;
    std::string admin = "127.0.0.1:9401";  // as report::Admin takes it; empty: off
    std::string admin_token;               // of the admin listener; empty: kept_admin_token()
    int workers = 1;                       // 1 or more: 0 was settled to the number of cores
    report::LogSettings log;
    Drain drain;
    std::string config_file;            // the file in use; empty: none; "-": standard input
    std::vector<std::string> command;   // behind "--"; empty: none
    std::vector<std::string> fail_on;   // cause and rule ids
    bool allow_empty = false;           // with fail_on: a run without a request is fine
    int verbosity = 0;                  // 1: -v, -1: -q
    std::vector<std::string> warnings;  // one sentence each, for the log at start and at reload

    // Reads flags, environment and file again. Throws ConfigError, or std::runtime_error where a
    // file cannot be read.
    std::function<RunOptions()> load;
};

}  // namespace whogoes::app
