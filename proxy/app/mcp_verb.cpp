#include "proxy/app/mcp_verb.hpp"

#include "proxy/app/admin_address.hpp"
#include "proxy/app/admin_token.hpp"
#include "proxy/app/build.hpp"
#include "proxy/app/exit_status.hpp"
#include "proxy/app/fingerprint_key.hpp"
#include "proxy/app/log_verb.hpp"
#include "proxy/app/moment.hpp"
#include "proxy/app/version.hpp"
#include "proxy/mcp/stdio.hpp"
#include "proxy/tools/fetch.hpp"
#include "proxy/tools/log_reading.hpp"
#include "proxy/tools/simulate.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <memory>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace whogoes::app {
namespace {

namespace json = boost::json;

constexpr std::size_t most_of_file = 64 * 1024;

rules::TimePoint now() {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

// Whom the agent's questions are about. A proxy may start, end and start again while an agent's
// session lasts, so each question looks anew.
class Place {
public:
    Place(const CommandLine& line, const Surroundings& here) : line_(line), here_(here) {}

    std::string read(const tools::TakeLine& take) const {
        tools::LogRequest request;
        request.inputs = line_.mcp_inputs;
        request.token_for = [this](const std::string& url) { return admin_token_for(url, here_); };
        std::string unanswered;
        if (request.inputs.empty()) {
            const Instance instance = running();
            request.admin_url = instance.url;
            request.local_token = instance.token;
            if (!instance.token.empty()) {
                unanswered = read_all(request, take);
                if (unanswered.empty()) return {};
            }
            request.admin_url.clear();
            request.log_file = log_file();
            if (request.log_file.empty())
                return (unanswered.empty() ? "no whogoes of this user runs at " + instance.url
                                           : unanswered) +
                       ": start `whogoes -u URL`, or name a log: `whogoes mcp FILE`";
        }
        return read_all(request, take);
    }

    bool is_dev() const {
        const json::value about = this->about();
        const json::value* const dev =
            about.is_object() ? about.get_object().if_contains("dev") : nullptr;
        return dev != nullptr && dev->is_bool() && dev->get_bool();
    }

    std::string upstream() const {
        const json::value about = this->about();
        const json::value* const running =
            about.is_object() ? about.get_object().if_contains("upstream") : nullptr;
        if (running != nullptr && running->is_string()) return std::string(running->get_string());
        const Gathered gathered = gather(line_.arguments, here_);
        return View(gathered.written.values, nullptr, gathered.config_file, here_).text("upstream");
    }

    report::SimulationOutcome simulate(const report::SimulationWish& wish) const {
        const auto address = admin_address(line_.arguments, here_);
        if (!address.has_value()) return {409, address.error()};
        tools::SimulateRequest request;
        request.host = address->callable().host;
        request.port = address->port;
        request.token = known_admin_token(here_, address->port);
        request.cause = wish.cause;
        if (!wish.match.empty()) request.match = wish.match;
        if (!wish.duration.empty()) request.duration = wish.duration;
        const tools::Simulated simulated = tools::simulate(request);
        return {simulated.done ? 200 : 409, simulated.words};
    }

private:
    struct Instance {
        std::string url, token;  // the token empty: nobody is there who would be asked
    };

    Instance running() const {
        const auto address = admin_address(line_.arguments, here_);
        if (!address.has_value()) return {};
        return {"http://" + address->callable().text(), known_admin_token(here_, address->port)};
    }

    static std::string read_all(const tools::LogRequest& request, const tools::TakeLine& take) {
        const auto sources = tools::log_sources(request);
        if (!sources.has_value()) return sources.error();
        for (const tools::LogSource& source : *sources)
            if (std::string flaw = tools::read_lines(source, take); !flaw.empty()) return flaw;
        return {};
    }

    std::string log_file() const {
        const Gathered gathered = gather(line_.arguments, here_);
        const View view(gathered.written.values, nullptr, gathered.config_file, here_);
        const std::string output = view.text("log.output");
        return output != "stderr" && output != "stdout" ? view.file("log.output") : std::string();
    }

    // Null where an older one, or none, answers.
    json::value about() const {
        if (!line_.mcp_inputs.empty()) return nullptr;
        const Instance instance = running();
        if (instance.token.empty()) return nullptr;
        tools::FetchRequest request;
        request.url = instance.url + "/api/v1/about";
        request.fields = {{"Authorization", "Bearer " + instance.token}};
        request.timeout = std::chrono::milliseconds(2000);
        const auto answer = tools::fetch(request);
        if (!answer.has_value() || answer->status != 200) return nullptr;
        boost::system::error_code error;
        json::value value = json::parse(answer->body, error);
        return error ? json::value(nullptr) : value;
    }

    const CommandLine& line_;
    const Surroundings& here_;
};

std::optional<std::string> file_text(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (file < 0) return std::nullopt;
    std::string text(most_of_file + 1, '\0');
    struct stat status {};
    const bool plain = ::fstat(file, &status) == 0 && S_ISREG(status.st_mode);
    const ssize_t octets = plain ? ::read(file, text.data(), text.size()) : -1;
    ::close(file);
    if (octets <= 0 || static_cast<std::size_t>(octets) > most_of_file) return std::nullopt;
    text.resize(static_cast<std::size_t>(octets));
    return text;
}

// What the configuration expects of a token; nothing of one that is broken elsewhere.
rules::Expectations expectations(const CommandLine& line, const Surroundings& here) {
    try {
        return load_options(line.arguments, here).settings->treatment.expected;
    } catch (const std::exception&) {
        return {};
    }
}

}  // namespace

int run_mcp(const CommandLine& line, const Surroundings& here) {
    const auto& inputs = line.mcp_inputs;
    if (line.arguments.config_file == "-" ||
        std::find(inputs.begin(), inputs.end(), "-") != inputs.end()) {
        std::fputs("whogoes: mcp: standard input is the agent's: name a file\n", stderr);
        return usage;
    }
    if (::isatty(STDIN_FILENO) != 0)
        std::fputs(
            "whogoes: mcp speaks with an agent on standard input, and waits for one; "
            "examples/agents says how to configure it\n",
            stderr);
    std::signal(SIGPIPE, SIG_IGN);
    const auto place = std::make_shared<const Place>(line, here);
    mcp::Sources sources;
    sources.version = version();
    sources.now = now;
    sources.moment = [](std::string_view text) { return parse_moment(text, now()); };
    sources.records = [place](const tools::TakeLine& take) { return place->read(take); };
    sources.expected = expectations(line, here);
    sources.fingerprint_key = [] { return std::optional(fingerprint_key()); };
    sources.variable = [&here](const std::string& name) { return here.variable(name); };
    sources.file = file_text;
    sources.upstream = [place] { return place->upstream(); };
    sources.simulates = [place] { return place->is_dev(); };
    sources.simulate = [place](const report::SimulationWish& wish) {
        return place->simulate(wish);
    };
    mcp::serve_stdio(mcp::Server(std::move(sources)), STDIN_FILENO, STDOUT_FILENO);
    return fine;
}

}  // namespace whogoes::app
