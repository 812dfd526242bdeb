#include "proxy/app/log_verb.hpp"

#include "proxy/app/address.hpp"
#include "proxy/app/admin_token.hpp"
#include "proxy/app/build.hpp"
#include "proxy/app/pager.hpp"
#include "proxy/app/units.hpp"
#include "proxy/app/version.hpp"
#include "proxy/report/auth_log_impl.hpp"
#include "proxy/tools/log.hpp"
#include "proxy/tools/progress.hpp"
#include "proxy/tools/recorded.hpp"

#include <chrono>
#include <cstdio>
#include <thread>
#include <unistd.h>

namespace whogoes::app {
namespace {

constexpr std::chrono::milliseconds look_again{200};

void say(std::FILE* stream, std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stream);
}

// Where a running proxy answers, and what lets us in; nothing where its listener is off.
void find_admin(const View& view, const Surroundings& here, tools::LogRequest& request) {
    const std::string text = view.text("admin");
    if (parse_switch(text) == false) return;
    const auto address = parse_listen(text);
    if (!address.has_value() || !address->unix_path.empty()) return;
    request.admin_url = "http://" + address->callable().text();
    request.local_token = known_admin_token(here, address->port);
}

std::string listener_origin(const View& view) {
    for (const std::string& text : view.texts("listen")) {
        const auto address = parse_listen(text);
        if (!address.has_value() || !address->unix_path.empty()) continue;
        return (view.has("tls.certificate") ? "https://" : "http://") + address->callable().text();
    }
    return "http://127.0.0.1:8401";
}

report::ConsoleStyle style_of(const CommandLine& line, const Surroundings& here) {
    report::LogSettings settings;
    const bool colour = colour_wanted(line.arguments, here, Standard::output);
    settings.colour = colour ? report::Colour::always : report::Colour::never;
    settings.utf8 = utf8_wanted(here);
    return report::console_style(settings, STDOUT_FILENO);
}

}  // namespace

std::string admin_token_for(const std::string& url, const Surroundings& here) {
    const auto split = tools::split_url(url);
    const auto address = split ? parse_listen(split->origin.substr(split->origin.find("://") + 3))
                               : parse_listen("");
    if (address.has_value() && address->unix_path.empty() && address->loopback())
        return known_admin_token(here, address->port);
    return here.variable("WHOGOES_ADMIN_TOKEN");
}

int run_log(const CommandLine& line, const Surroundings& here, rules::TimePoint now) {
    // A configuration that is broken elsewhere still says where the log is.
    const Gathered gathered = gather(line.arguments, here);
    const View view(gathered.written.values, nullptr, gathered.config_file, here);
    LogArguments arguments = line.log;
    arguments.utc = arguments.utc || view.text("log.time") == "utc";
    auto request = log_request(arguments, line.output, now);
    if (!request.has_value()) {
        say(stderr, "whogoes: log: " + request.error() + "\n");
        return 2;
    }
    const std::string output = view.text("log.output");
    if (output != "stderr" && output != "stdout") request->log_file = view.file("log.output");
    find_admin(view, here, *request);
    request->token_for = [&here](const std::string& url) { return admin_token_for(url, here); };
    request->origin = listener_origin(view);
    request->version = version();
    request->filter.everything = line.arguments.verbosity > 0;
    const bool local = request->style.local_time;
    request->style = style_of(line, here);
    request->style.local_time = local;

    Pager pager(request->action == tools::LogAction::show && !request->json, here);
    tools::LogStreams streams;
    tools::Progress progress("reading", utf8_wanted(here),
                             [](std::string_view text) { say(stderr, text); });
    if (here.terminal_stderr)
        streams.progress = [&](std::uint64_t done, std::uint64_t of) { progress.note(done, of); };
    streams.print = [&](std::string_view text) {
        progress.clear();
        pager.print(text);
    };
    streams.complain = [&](std::string_view text) {
        progress.clear();
        std::fflush(stdout);
        say(stderr, "whogoes: " + std::string(text) + "\n");
    };
    streams.pause = [] {
        if (std::fflush(stdout) != 0) return false;  // whoever read it has gone
        std::this_thread::sleep_for(look_again);
        return true;
    };
    const int code = tools::review_log(*request, streams);
    progress.clear();
    return std::fflush(stdout) == 0 ? code : 1;
}

}  // namespace whogoes::app
