#include "proxy/app/address.hpp"
#include "proxy/app/build.hpp"
#include "proxy/app/config.hpp"
#include "proxy/app/lint_verb.hpp"
#include "proxy/app/secret_text.hpp"
#include "proxy/app/tls_files.hpp"
#include "proxy/app/units.hpp"
#include "proxy/tools/fail_on.hpp"
#include "rules/text.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace whogoes::app {
namespace {

void read_listen(const View& view, Problems& problems, RunOptions& options) {
    for (const Item& item : view.items("listen")) {
        const auto address = parse_listen(item.text);
        if (!address.has_value()) {
            problems.add(item, "listen", address.error());
            continue;
        }
        if (std::find(options.listen.begin(), options.listen.end(), *address) !=
            options.listen.end())
            problems.add(item, "listen", address->text() + " stands here twice: keep one");
        else if (!address->loopback())
            options.warnings.push_back("listen: " + address->text() +
                                       " can be reached from other machines, and so can the API "
                                       "behind it; 127.0.0.1 keeps "
                                       "it on this one");
        options.listen.push_back(*address);
    }
    if (view.items("listen").empty())
        problems.add(view.where("listen"), "listen", "names no address: write 127.0.0.1:8401");
}

bool same_place(const ListenAddress& a, const ListenAddress& b) {
    const auto any = [](const ListenAddress& x) { return x.host == "0.0.0.0" || x.host == "::"; };
    return a.unix_path.empty() && b.unix_path.empty() && a.port == b.port && a.port != 0 &&
           (a.host == b.host || any(a) || any(b));
}

void read_admin(const View& view, Problems& problems, RunOptions& options) {
    const Item item = view.item("admin");
    if (parse_switch(item.text) == false) {
        options.admin.clear();
        return;
    }
    const auto address = parse_listen(item.text);
    if (!address.has_value()) return problems.add(item, "admin", address.error());
    if (!address->unix_path.empty())
        return problems.add(item, "admin", "takes no unix socket: write 127.0.0.1:9401, or off");
    options.admin = address->text();
    for (const ListenAddress& listen : options.listen)
        if (same_place(listen, *address))
            return problems.add(item, "admin",
                                address->text() +
                                    " is a listen address too: metrics and the review page never "
                                    "share the proxied port, so take another, or off");
    if (!address->loopback())
        options.warnings.push_back("admin: " + address->text() +
                                   " can be reached from other machines; what it shows without its "
                                   "token are probes and metrics");
}

void read_tls(const View& view, Problems& problems, RunOptions& options) {
    options.tls = {view.file("tls.certificate"), view.file("tls.key")};
    const bool certificate = !options.tls.certificate_file.empty();
    const bool key = !options.tls.key_file.empty();
    if (certificate != key)
        return problems.add(view.where(certificate ? "tls.certificate" : "tls.key"), "tls",
                            std::string("has no ") + (certificate ? "key" : "certificate") +
                                ": HTTPS takes both, certificate: FILE and key: FILE");
    if (certificate)
        if (auto flaw = key_pair_flaw(options.tls.certificate_file, options.tls.key_file))
            problems.add(view.where("tls.certificate"), "tls", *flaw);
}

void read_log(const View& view, const Arguments& arguments, const Surroundings& here,
              RunOptions& options) {
    report::LogSettings& log = options.log;
    log.output = view.text("log.output");
    const bool to_stdout = log.output == "stdout";
    const bool to_stream = to_stdout || log.output == "stderr";
    if (!to_stream) log.output = view.file("log.output");
    if (view.has("log.output")) log.output_asked_at = view.where("log.output").text;
    const bool terminal = to_stream && (to_stdout ? here.terminal_stdout : here.terminal_stderr);
    const std::string format = lower_case(view.text("log.format"));
    log.format = format == "pretty" || (format == "auto" && terminal) ? report::LogFormat::pretty
                                                                      : report::LogFormat::json;
    const Standard stream = to_stdout ? Standard::output : Standard::error;
    const bool colour =
        to_stream ? colour_wanted(arguments, here, stream) : arguments.color == "always";
    log.colour = colour ? report::Colour::always : report::Colour::never;
    log.utf8 = utf8_wanted(here);
    log.rotate_size = static_cast<std::size_t>(view.size("log.rotate.size"));
    log.rotate_age =
        std::chrono::duration_cast<std::chrono::seconds>(view.duration("log.rotate.age"));
    log.keep = static_cast<std::size_t>(view.count("log.keep"));
    log.local_time = lower_case(view.text("log.time")) != "utc";
    log.verbose = arguments.verbosity > 0;
    log.quiet = arguments.verbosity < 0;
    log.dev = view.flag("dev");
}

void read_fail_on(const Arguments& arguments, const Surroundings& here, Problems& problems,
                  RunOptions& options) {
    const bool by_flag = !arguments.fail_on.empty();
    const std::string variable = here.variable("WHOGOES_FAIL_ON");
    const auto ids =
        tools::fail_on_ids(by_flag ? arguments.fail_on : tools::split_commas(variable));
    const std::string where = by_flag ? "--fail-on" : "WHOGOES_FAIL_ON";
    if (!ids.has_value()) return problems.add({where, by_flag}, "", ids.error());
    if (by_flag && arguments.command.empty())
        return problems.add({where, true}, "",
                            "needs a command behind `--`: its end is when whogoes tells");
    options.fail_on = *ids;
    options.allow_empty = arguments.allow_empty;
    if (options.allow_empty && options.fail_on.empty())
        problems.add({"--allow-empty", true}, "", "belongs to --fail-on");
}

// Chosen where nobody sees what a start prints: a container, a test run.
void read_admin_token(const Surroundings& here, Problems& problems, RunOptions& options) {
    constexpr std::size_t shortest = 16;
    const std::string variable = here.variable("WHOGOES_ADMIN_TOKEN");
    if (variable.empty()) return;
    const auto token = reveal_secret(variable, here, "");
    if (!token.has_value()) return problems.add({"WHOGOES_ADMIN_TOKEN", false}, "", token.error());
    if (token->size() < shortest || !rules::is_token68(*token))
        return problems.add({"WHOGOES_ADMIN_TOKEN", false}, "",
                            "is no token: take 16 or more letters and digits, as `openssl rand "
                            "-hex 16` prints them");
    options.admin_token = *token;
}

// A proxy that is its own upstream would answer itself until something gives.
void refuse_loop(const settings::Settings& settings, const View& view, Problems& problems,
                 const RunOptions& options) {
    const upstream::Target& target = settings.upstream;
    for (const ListenAddress& listen : options.listen) {
        const bool any = listen.host == "0.0.0.0" || listen.host == "::";
        const bool same_socket = !target.unix_path.empty() && target.unix_path == listen.unix_path;
        if (same_socket || (target.unix_path.empty() && target.loopback() && listen.port != 0 &&
                            target.port == listen.port && (any || listen.loopback())))
            return problems.add(view.item("upstream"), "upstream",
                                "is whogoes itself: " + listen.text() +
                                    " is its listen address, so the API must be elsewhere");
    }
}

// What it adds lets pages in; who is not on this machine must not have that.
void refuse_dev_for_others(const View& view, Problems& problems, const RunOptions& options) {
    if (!view.flag("dev")) return;
    for (const ListenAddress& listen : options.listen)
        if (!listen.loopback())
            return problems.add(view.item("dev"), "dev",
                                "is for one's own machine, and " + listen.text() +
                                    " can be reached from others: listen on 127.0.0.1, or leave "
                                    "it out");
}

void check_refresh(const Written& written, const View& view, Problems& problems,
                   const RunOptions& options, const settings::Settings& settings) {
    for (const ListenAddress& listen : options.listen)
        if (listen.unix_path.empty() && listen.port != 0)
            refuse_refresh_through_itself(settings, view, problems, listen.port);
    for (const ListenAddress& listen : options.listen)
        if (!listen.loopback())
            return refuse_unshared_refresh(written, view, problems, listen.text());
}

std::string missing_upstream(const Gathered& gathered) {
    std::string words =
        "is missing: say where the API is, as in `whogoes -u http://localhost:3000`, or "
        "`upstream: http://localhost:3000` in ";
    if (!gathered.config_file.empty())
        return words + (gathered.config_file == "-" ? "<stdin>" : gathered.config_file);
    words += "a file (there is none at ";
    for (std::size_t i = 0; i < gathered.searched.size(); ++i)
        words += (i == 0 ? "" : ", ") + gathered.searched[i];
    return words + ")";
}

}  // namespace

RunOptions load_options(const Arguments& arguments, const Surroundings& here) {
    Gathered gathered = gather(arguments, here);
    Problems problems(gathered.problems);
    const View view(gathered.written.values, nullptr, gathered.config_file, here);

    RunOptions options;
    options.config_file = gathered.config_file;
    options.command = arguments.command;
    options.verbosity = arguments.verbosity;
    const bool file_failed = !gathered.problems.empty();
    read_listen(view, problems, options);
    read_admin(view, problems, options);
    read_tls(view, problems, options);
    read_log(view, arguments, here, options);
    read_fail_on(arguments, here, problems, options);
    read_admin_token(here, problems, options);
    options.workers = static_cast<int>(view.count("workers"));
    if (options.workers == 0) options.workers = static_cast<int>(here.cores);
    options.drain = {view.duration("drain.delay"), view.duration("drain.timeout")};

    tools::LintRequest lint;
    build_lint(view, problems, lint);  // for `check`

    auto settings = std::make_shared<settings::Settings>();
    build_settings(gathered.written, view, problems, *settings, options.warnings);
    refuse_dev_for_others(view, problems, options);
    if (settings->refreshes) check_refresh(gathered.written, view, problems, options, *settings);
    if (view.has("upstream"))
        refuse_loop(*settings, view, problems, options);
    else if (!file_failed)  // else it may stand in what could not be read
        problems.add(
            {gathered.config_file.empty() ? "" : view.file_name(), gathered.config_file.empty()},
            "upstream", missing_upstream(gathered));
    if (!gathered.problems.empty()) throw ConfigError(std::move(gathered.problems));
    options.settings = std::move(settings);
    options.load = [arguments, here] { return load_options(arguments, here); };
    return options;
}

}  // namespace whogoes::app
