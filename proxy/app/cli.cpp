#include "proxy/app/cli.hpp"

#include "proxy/app/admin_address.hpp"
#include "proxy/app/admin_token.hpp"
#include "proxy/app/build.hpp"
#include "proxy/app/command_line.hpp"
#include "proxy/app/config.hpp"
#include "proxy/app/exit_status.hpp"
#include "proxy/app/fingerprint_key.hpp"
#include "proxy/app/lint_verb.hpp"
#include "proxy/app/log_verb.hpp"
#include "proxy/app/mcp_verb.hpp"
#include "proxy/app/review_verb.hpp"
#include "proxy/app/route_match.hpp"
#include "proxy/app/server.hpp"
#include "proxy/app/units.hpp"
#include "proxy/app/version.hpp"
#include "proxy/net/kernel.hpp"
#include "proxy/net/modules.hpp"
#include "proxy/tools/causes.hpp"
#include "proxy/tools/dialects.hpp"
#include "proxy/tools/explain.hpp"
#include "proxy/tools/health.hpp"
#include "proxy/tools/simulate.hpp"
#include "rules/diagnosis.hpp"

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <exception>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <unistd.h>
#include <vector>

namespace whogoes::app {
namespace {

void say(std::FILE* stream, std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stream);
}

int complain(int code, const std::string& text) {
    say(stderr, "whogoes: " + text + "\n");
    return code;
}

// What stands in a file starts with file:line:column, so that editors can go there.
void print_problems(const std::vector<Problem>& problems) {
    for (const Problem& problem : problems) {
        const bool in_file = !problem.where.empty() && !problem.where.starts_with("--") &&
                             !problem.where.starts_with("WHOGOES_");
        say(stderr, (in_file ? "" : "whogoes: ") + problem.text() + "\n");
    }
    if (problems.size() >= most_problems) say(stderr, "whogoes: there may be more problems\n");
}

rules::TimePoint now() {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

int run(const CommandLine& line, const Surroundings& here) {
    try {
        return run_server(load_options(line.arguments, here));
    } catch (const ConfigError& error) {
        print_problems(error.problems());
        return error.usage() ? usage : no_start;
    }
}

int check(const CommandLine& line, const Surroundings& here) {
    try {
        const RunOptions options = load_options(line.arguments, here);
        for (const std::string& warning : options.warnings)
            say(stderr, "whogoes: warning: " + warning + "\n");
        say(stdout, (options.config_file.empty()  ? "no file; flags and environment"
                     : options.config_file == "-" ? "<stdin>"
                                                  : options.config_file) +
                        std::string(": fine\n"));
        return fine;
    } catch (const ConfigError& error) {
        print_problems(error.problems());
        return error.usage() ? usage : found;
    }
}

int config(const CommandLine& line, const Surroundings& here) {
    const Gathered gathered = gather(line.arguments, here);
    if (!gathered.problems.empty()) {
        const ConfigError error(gathered.problems);
        print_problems(error.problems());
        return error.usage() ? usage : no_start;
    }
    say(stdout, line.output == "json" ? print_config_json(gathered) : print_config(gathered));
    return fine;
}

int explain(const CommandLine& line, const Surroundings& here) {
    tools::ExplainRequest request;
    request.credential = line.explain.credential;
    request.expected.issuer = line.explain.issuer;
    request.expected.audiences = line.explain.audiences;
    request.json = line.output == "json";
    request.utf8 = utf8_wanted(here);
    request.colour = colour_wanted(line.arguments, here, Standard::output);
    if (!line.explain.leeway.empty()) {
        const auto leeway = parse_duration(line.explain.leeway);
        if (!leeway) return complain(usage, "--leeway is no duration: write 60s");
        request.expected.leeway = std::chrono::duration_cast<std::chrono::seconds>(*leeway);
    }
    if (!line.explain.keys_file.empty()) {
        std::ifstream file(line.explain.keys_file, std::ios::binary);
        if (!file) return complain(usage, "--keys: cannot read " + line.explain.keys_file);
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        auto keys = rules::KeySet::from_jwks(text);
        if (!keys.has_value())
            return complain(usage, "--keys: " + line.explain.keys_file + ": " + keys.error());
        request.keys = std::make_shared<const rules::KeySet>(std::move(*keys));
    }
    request.fingerprint_key = fingerprint_key();
    if (request.credential.empty() || request.credential == "-")
        request.credential = tools::ask_for_credential().value_or("");
    const tools::Explained explained = tools::explain(request, now());
    say(explained.exit_code == usage ? stderr : stdout, explained.text);
    return explained.exit_code;
}

int lint(const CommandLine& line, const Surroundings& here) {
    try {
        return run_lint(line, here, now());
    } catch (const ConfigError& error) {
        print_problems(error.problems());
        return usage;
    }
}

int causes(const CommandLine& line) {
    const auto format = line.output == "json"       ? tools::CauseFormat::json
                        : line.output == "markdown" ? tools::CauseFormat::markdown
                                                    : tools::CauseFormat::text;
    const auto text = tools::causes(line.cause, format);
    if (!text)
        return complain(usage, "\"" + line.cause.substr(0, 60) +
                                   "\" is no cause, no rule and no word of one" +
                                   tools::nearest_cause(line.cause));
    say(stdout, *text);
    return fine;
}

int dialects(const CommandLine& line) {
    const std::vector<std::string>& words = line.dialects;
    if (words.empty()) {
        say(stdout, tools::list_dialects());
        return fine;
    }
    if (words.size() == 2 && words[0] == "show") {
        const auto text = tools::show_dialect(words[1]);
        if (!text)
            return complain(usage, "dialects: \"" + words[1].substr(0, 60) +
                                       "\" is no built-in dialect" +
                                       tools::nearest_dialect(words[1]));
        say(stdout, *text);
        return fine;
    }
    if (words.size() == 2 && words[0] == "test") {
        const tools::DialectTest test = tools::test_dialect(words[1]);
        if (!test.error.empty()) {
            say(stderr, test.error + "\n");
            return usage;
        }
        say(stdout, test.text);
        return test.holds ? fine : found;
    }
    if (words[0] == "show" || words[0] == "test")
        return complain(usage, words[0] == "show"
                                   ? "dialects: show takes one ID: `whogoes dialects` lists them"
                                   : "dialects: test takes one FILE, as "
                                     "`whogoes dialects test our-api.yaml`");
    if (tools::show_dialect(words[0]))
        return complain(usage, "dialects: write `whogoes dialects show " + words[0] + "`");
    return complain(usage, "dialects: write nothing, `show ID` or `test FILE` behind it");
}

int become(const std::vector<std::string>& command) {
    std::vector<char*> words;
    words.reserve(command.size() + 1);
    for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    std::fflush(nullptr);
    ::execvp(words[0], words.data());
    const int reason = errno;
    // As shells do (POSIX, 2.8.2).
    return complain(reason == ENOENT ? 127 : 126,
                    "cannot run " + command.front() + ": " + std::strerror(reason));
}

// Empty: what is wrong was said.
std::optional<ListenAddress> admin_of(const CommandLine& line, const Surroundings& here) {
    const auto address = admin_address(line.arguments, here);
    if (address.has_value()) return *address;
    complain(usage, line.verb + ": " + address.error());
    return std::nullopt;
}

int simulate(const CommandLine& line, const Surroundings& here) {
    const SimulateArguments& wanted = line.simulate;
    if (wanted.cause != "off" && rules::find_cause(wanted.cause) == nullptr)
        return complain(usage, "simulate: \"" + wanted.cause.substr(0, 60) + "\" is no cause" +
                                   tools::nearest_cause(wanted.cause));
    const auto duration = parse_duration(wanted.duration);
    if (!duration || duration->count() == 0)
        return complain(usage, "simulate: --for is no duration: write 5m");
    settings::RouteMatch match;
    for (const std::string& flaw : read_match(wanted.match, match))
        return complain(usage, "simulate: --match: " + flaw);
    const auto address = admin_of(line, here);
    if (!address) return usage;
    tools::SimulateRequest request;
    request.host = address->callable().host;
    request.port = address->port;
    request.token = known_admin_token(here, address->port);
    if (request.token.empty())
        return complain(found,
                        "simulate: no proxy of yours left the token of its admin listener on "
                        "port " +
                            std::to_string(address->port) +
                            ": start `whogoes --dev`, or name its --admin address");
    request.cause = wanted.cause;
    request.match = wanted.match;
    request.duration = wanted.duration;
    const tools::Simulated simulated = tools::simulate(request);
    if (!simulated.done) return complain(found, "simulate: " + simulated.words);
    say(stdout, simulated.words + "\n");
    return fine;
}

int review(const CommandLine& line, const Surroundings& here) {
    const auto address = admin_of(line, here);
    return address ? review_page(*address, line.open, here) : usage;
}

int health(const CommandLine& line, const Surroundings& here) {
    const auto address = admin_of(line, here);
    if (!address) return usage;
    tools::HealthRequest request{address->host, address->port, {}};
    if (!line.wait.empty()) {
        const auto wait = parse_duration(line.wait);
        if (!wait) return complain(usage, "--wait is no duration: write 30s");
        request.wait = *wait;
    }
    const tools::Health health = tools::ask_health(request);
    if (!health.ready) return complain(found, "health: " + health.words);
    if (!line.arguments.command.empty()) return become(line.arguments.command);
    if (line.arguments.verbosity >= 0) say(stdout, health.words + "\n");
    return fine;
}

int dispatch(const CommandLine& line, const Surroundings& here) {
    const bool takes_command = line.verb == "run" || line.verb == "health";
    if (!takes_command && !line.arguments.command.empty())
        return complain(usage, "`whogoes " + line.verb + "` takes no command behind `--`");
    if (line.verb == "check") return check(line, here);
    if (line.verb == "config") return config(line, here);
    if (line.verb == "explain") return explain(line, here);
    if (line.verb == "lint") return lint(line, here);
    if (line.verb == "log") return run_log(line, here, now());
    if (line.verb == "mcp") return run_mcp(line, here);
    if (line.verb == "causes") return causes(line);
    if (line.verb == "dialects") return dialects(line);
    if (line.verb == "simulate") return simulate(line, here);
    if (line.verb == "review") return review(line, here);
    if (line.verb == "health") return health(line, here);
    if (line.verb == "version") {
        say(stdout, "whogoes " + version() + " (" + commit() + ")\n");
        return fine;
    }
    return run(line, here);
}

}  // namespace

int main_program(int argc, char** argv) {
    net::load_no_modules();
    if (const auto flaw = net::kernel_flaw()) return complain(no_start, *flaw);
    try {
        const CommandLine line =
            parse_command_line(std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc));
        if (line.exit_code) {
            say(*line.exit_code == fine ? stdout : stderr, line.message);
            return *line.exit_code;
        }
        return dispatch(line, this_process());
    } catch (const std::exception& error) {
        return complain(no_start, error.what());
    }
}

}  // namespace whogoes::app
